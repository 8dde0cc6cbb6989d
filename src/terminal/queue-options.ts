/** How `extract` leaves the measuring to other machines, or takes a part of it. */
export const SHARED_WORK = {
  queue: { type: 'string', describe: 'Redis, such as redis://host:6379: `soundkin worker` processes measure, not this one', requiresArg: true },
  shard: { type: 'string', describe: 'Measure a part only, such as 2/8; `soundkin merge` joins the parts', requiresArg: true },
} as const;
export const SHARED_WORK_GROUP = 'Many machines:';

/** Folders that another machine names otherwise. Given more than once, each counts. */
export const MAP = {
  map: { type: 'string', array: true, nargs: 1, describe: 'FROM=TO: a folder as the other machine names it, and as this one does', requiresArg: true },
} as const;
