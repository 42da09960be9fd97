import { Type, type Static } from 'typebox';
import { Moment, Person, ResourceState } from './common.ts';

/** What the frame of the page shows, whichever tab is open. */
export const Overview = Type.Object({
  program: Type.String({ description: 'The version of SpeechOps that serves the page.' }),
  repository: Type.Object({
    name: Type.String({ description: 'The name of its folder.' }),
    commit: Type.Optional(Type.String({ description: 'The commit that is checked out; absent without Git.' })),
    branch: Type.Optional(Type.String({ description: 'The branch that is checked out; absent without one.' })),
  }),
  person: Person,
  readOnly: Type.Boolean({ description: 'Whether nothing may be changed from the page.' }),
  resources: Type.Array(ResourceState, { description: 'The Speech resources of the repository.' }),
  clock: Type.Optional(
    Type.Object({ now: Moment }, { description: 'The clock of the embedded emulator, where the portal runs on it.' }),
  ),
});
export type Overview = Static<typeof Overview>;

/** What a browser keeps in place of the token. */
export const Session = Type.Object({
  key: Type.String({ description: 'Opens what the token opens, until this portal ends.' }),
});
export type Session = Static<typeof Session>;

/** How something is made where nothing is yet. */
export const FirstRun = Type.Object({
  command: Type.String({ description: 'The command that runs a pipeline of the repository.' }),
});
export type FirstRun = Static<typeof FirstRun>;
