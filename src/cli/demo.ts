/** `postern demo`: who of the demo practices can sign in. */
import { type Command, columns } from './command.ts';
import { listDemo } from './load-demo.ts';
import { withPostern } from './open-postern.ts';

export const demo: Command = {
  summary: 'Lists the people of the demo practices who can sign in',
  positionals: '',
  options: { json: { type: 'boolean', help: 'as JSON: name, email, practice, roles, chart, proxyFor' } },
  run: async (invocation) => {
    const people = await withPostern(invocation.configuration, listDemo);
    if (invocation.has('json')) {
      invocation.print(JSON.stringify(people, null, 2));
      return;
    }
    for (const line of columns(
      people.map(
        ({ name, email, practice, roles }) =>
          [email, `${name}, ${roles.join(' and ')} at ${practice}`] as const,
      ),
    )) {
      invocation.print(line);
    }
  },
};
