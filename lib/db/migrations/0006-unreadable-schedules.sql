-- When a schedule that could not be read (its time zone is unknown to this version, say) is looked at again. It keeps its
-- next time meanwhile, so that it goes on from there, and runs at no instant that it does not contain.
alter table job_schedules add column unreadable_until timestamptz;

-- Serves the tick that may fall asleep: when the next of them is looked at. It holds nearly nothing.
create index job_schedules_unreadable on job_schedules (unreadable_until) where unreadable_until is not null;
