import { type CommandRequest, writeCommand } from '../base/write-command.ts';
import { apiRoot } from './root.ts';
import { getSession } from './session.ts';

/** The request that reads a page of a list. */
export type ListRequest = { path: string; query: Record<string, string | number | undefined> };

/** Writes a request to this deployment as a command, without the values of its keys. */
export const toCommand = (request: CommandRequest): string =>
  writeCommand(request, { root: apiRoot.href, hasGatewayKey: (getSession()?.gatewayKey ?? '') !== '' });
