import { Type, type Static } from 'typebox';

/** An ISO date-time in UTC. */
export const Moment = Type.String({ description: 'An ISO date-time in UTC.' });

/** The locale of an object, as `en-US`. */
export const Locale = Type.String({ description: 'Its locale, as `en-US`.' });

/** Who uses the page: the name that answers and corrections bear. */
export const Person = Type.String({ description: 'Who uses the page: the name that answers and corrections bear.' });

/** A Speech resource, and whether it answers. */
export const ResourceState = Type.Object({
  id: Type.String({ description: 'Its name in addresses of the page.' }),
  name: Type.String({ description: 'What people call it.' }),
  endpoint: Type.String({ description: 'Its base URL, or `embedded-emulator`.' }),
  observedAt: Type.Optional(
    Type.String({ description: 'When its objects were last read; absent before the first time.' }),
  ),
  isBusy: Type.Boolean({ description: 'Whether that is because a run has it, which gives it back.' }),
  trouble: Type.Optional(
    Type.String({ description: 'Why it could not be read just now; what is shown is older then.' }),
  ),
});
export type ResourceState = Static<typeof ResourceState>;

/** Why a request has no answer, as people are told. */
export const Problem = Type.Object({
  error: Type.String({ description: 'What is wrong, and what to do about it.' }),
});
export type Problem = Static<typeof Problem>;

/** What has changed, so that a page asks for it again. */
export const Change = Type.Union([
  Type.Literal('objects'),
  Type.Literal('repository'),
  Type.Literal('runs'),
  Type.Literal('clock'),
]);
export type Change = Static<typeof Change>;
