/** The door of the jobs room. */
export type { FinishedFile, JobFile, OpenFile } from './job-files.ts';
export { type JobKind, type JobRun, JobTaken, JobWorker } from './job-worker.ts';
export { Jobs, type JobsParts, type NewJob, type OwnJob, sessionOver } from './jobs.ts';
