/** Jobs for many machines, through BullMQ on a Redis. It knows nothing of what the jobs are about. */
export type { JobAnswer, JobFailure, JobProgress, Refusal, WorkerFacts } from './job.js';
export { offerJobs, type OfferOptions, type OfferState } from './offer-jobs.js';
export { workOnJobs, type Handled, type WorkOptions, type WorkOutcome } from './work-on-jobs.js';
