import { useQuery } from '@tanstack/react-query';
import { useRefresh } from '../../api/queries.ts';
import { usePage } from '../../api/use-page.ts';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { creating, exampleJob, useTarget } from '../../components/first-run/example.ts';
import { PasteCommand } from '../../components/paste-command.tsx';
import { Pager } from '../../components/pager.tsx';
import { ReadError } from '../../components/read-error.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { Table } from '../../components/table/table.tsx';
import { usePages } from '../../components/use-pages.ts';
import { countOf } from '../../time/format.ts';
import type { TabProps } from './groups-tab.tsx';
import * as styles from './groups-screen.module.css';
import { hostColumns } from './host-columns.tsx';
import { hostsPageQuery, hostsPageRequest } from './queries.ts';

/** The hosts of the URLs of jobs, with what is known of them now and in the last hour. */
export const HostsTab = ({ search, go }: TabProps) => {
  const { cursor, ...view } = search;
  const read = usePage(useQuery({ ...hostsPageQuery(search), ...useRefresh() }));
  const pages = usePages(cursor, (next) => go({ ...view, ...(next !== undefined && { cursor: next }) }));
  const { page } = read;
  const target = useTarget();
  const hosts = page?.items;
  return (
    <>
      <div className={styles.choices}>
        <Segmented
          label="Order"
          value={view.order ?? 'name'}
          options={[
            { value: 'name', label: 'By name' },
            { value: 'worst', label: 'Slowest first' },
          ]}
          onChange={(value) => go({ tab: 'hosts', ...(value === 'worst' && { order: value }) })}
        />
      </div>
      <ReadError title="The hosts could not be read" read={read} />
      {(page?.runningIsCapped === true || page?.lateIsCapped === true) && (
        <Banner icon="failures">
          <p>More than 1,000 executions run or are late. Their numbers at each host may be too low.</p>
        </Banner>
      )}
      {page?.slowestIsCapped === true && (
        <Banner icon="failures">
          <p>More than 1,000 hosts were called in the last hour. Only their latest requests are compared.</p>
        </Banner>
      )}
      {page?.knowsHeldBack === false && (
        <Banner icon="failures">
          <p>Redis does not answer, so the pauses that hosts have asked for are not known.</p>
        </Banner>
      )}
      {hosts?.length === 0 && cursor === undefined && !read.isOld ? (
        <EmptyState
          icon="groups"
          title={view.order === undefined ? 'No job has a host' : 'No request ended in the last hour'}
        >
          <p>
            {view.order === undefined
              ? 'A host shows here as soon as a job has a URL with it.'
              : 'A host shows here when a request to it has ended.'}
          </p>
          {view.order === undefined ? (
            <PasteCommand request={creating(exampleJob(target.url))}>This creates a job.</PasteCommand>
          ) : (
            <Button onClick={() => go({ tab: 'hosts' })}>Show all hosts</Button>
          )}
        </EmptyState>
      ) : (
        (hosts !== undefined || read.error === null) && (
          <>
            <Table
              label="Hosts"
              columns={hostColumns}
              rows={hosts}
              keyOf={({ host }) => host}
              nameOf={({ host }) => host}
              isStale={read.isStale}
              isOld={read.isOld}
            />
            <Pager {...pages} nextCursor={read.nextCursor} request={() => hostsPageRequest(search)}>
              {hosts === undefined ? undefined : `${countOf(hosts.length, 'host')} on this page`}
            </Pager>
          </>
        )
      )}
      {hosts !== undefined && (
        <p className={styles.quiet}>
          Requests and durations are of the last hour. Workers add them up about once a minute.
        </p>
      )}
    </>
  );
};
