export { type Database, type OpenOptions, openDatabase, stopEmbedded } from './database.ts';
export {
  createFleetingDatabase,
  dropFleetingDatabase,
  type FleetingDatabase,
  type FleetingPlace,
  startFleeting,
} from './fleeting.ts';
export { type MigrateOptions, migrate } from './migrate.ts';
export { type Connection, connectionSettings, makePool } from './pools.ts';
export { findProcess } from './process.ts';
export { checkServerRole } from './roles.ts';
export { askInSession, inSession, type Opening, type Transaction, withoutSession } from './transaction.ts';
