/**
 * Settings of the embedded PostgreSQL, given on its command line at each start so that no file in the data
 * folder can loosen them.
 *
 * Nothing that a client sends may reach the log file. `log_min_messages = log` leaves out the errors of
 * clients altogether (their text may quote a value: `invalid input syntax for type uuid: "..."`), and the
 * others keep statements, parameters and DETAIL lines (which quote rows) out of what is left.
 */
export const QUIET_LOG: Readonly<Record<string, string>> = {
  logging_collector: 'off',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_duration: 'off',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_lock_waits: 'off',
  log_temp_files: '-1',
  log_autovacuum_min_duration: '-1',
  log_connections: '',
  log_disconnections: 'off',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  // What runs at the moment is nobody's to read, in the database either.
  track_activities: 'off',
  debug_print_parse: 'off',
  debug_print_plan: 'off',
  debug_print_rewritten: 'off',
};

/** What an answer rests on: a line is durable before anything is released. */
export const DURABLE: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
};

/** For tests alone: a cluster that lives as long as one run. */
export const FLEETING: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
};

/** Sized for a small machine that does other things too. */
export const MODEST: Readonly<Record<string, string>> = {
  max_connections: '100',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  max_worker_processes: '4',
  // No replica reads this cluster's log; without them it is shorter and a bulk load faster.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  min_wal_size: '128MB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  // The stack's own timers: a session that forgot its transaction must not hold rows for ever.
  idle_in_transaction_session_timeout: '60s',
  tcp_keepalives_idle: '60',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  datestyle: 'ISO, YMD',
  row_security: 'on',
  shared_preload_libraries: '',
};

/** The arguments of `postgres` that say these settings. */
export function settingArguments(...groups: readonly Readonly<Record<string, string>>[]): string[] {
  const settings = Object.assign({}, ...groups) as Record<string, string>;
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
