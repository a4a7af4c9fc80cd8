/** Run by `definitions.ts` in a process of its own: prints the reduced definitions as JSON. */
import { buildDefinitions } from './build-definitions.ts';

process.stdout.write(JSON.stringify(buildDefinitions()));
