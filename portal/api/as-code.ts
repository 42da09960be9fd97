import { Type, type Static } from 'typebox';

/** The kinds of objects that files can say something of. */
export const ObjectKind = Type.Union(
  [
    Type.Literal('project'),
    Type.Literal('dataset'),
    Type.Literal('model'),
    Type.Literal('base-model'),
    Type.Literal('evaluation'),
    Type.Literal('endpoint'),
  ],
  { description: 'What sort of object it is.' },
);
export type ObjectKind = Static<typeof ObjectKind>;

/** What a person wishes of an object; objects by their ids. */
export const Wish = Type.Object({
  kind: Type.Union([Type.Literal('swap'), Type.Literal('roll-back'), Type.Literal('retrain'), Type.Literal('delete')], {
    description: 'What is wished.',
  }),
  endpoint: Type.Optional(Type.String({ description: 'With `swap` and `roll-back`: the endpoint.', maxLength: 200 })),
  model: Type.Optional(Type.String({ description: 'With `swap` and `retrain`: the model.', maxLength: 200 })),
  of: Type.Optional(ObjectKind),
  id: Type.Optional(Type.String({ description: 'With `delete`: the object.', maxLength: 200 })),
});
export type Wish = Static<typeof Wish>;

/** Where the files of the repository say something of an object. */
export const AsCode = Type.Object({
  declarations: Type.Array(
    Type.Object({
      file: Type.String({ description: 'From the root of the repository.' }),
      step: Type.String({ description: 'The id of the step, as it is written.' }),
      role: Type.Union([Type.Literal('makes'), Type.Literal('names')], {
        description: 'Whether the step makes the object, or uses it.',
      }),
      from: Type.Integer({ description: 'The first line of the step, from 1.' }),
      to: Type.Integer({ description: 'Its last line.' }),
      text: Type.String({ description: 'The step as it is written.' }),
    }),
    { description: 'In the order of the files.' },
  ),
  wishes: Type.Array(
    Type.Object({
      label: Type.String({ description: 'What it is.' }),
      choices: Type.Array(
        Type.Object({ name: Type.String({ description: 'What is chosen; empty of a single one.' }), wish: Wish }),
        { description: 'One, or several of which a person chooses.' },
      ),
      whyNot: Type.Optional(Type.String({ description: 'Why there is nothing to choose.' })),
    }),
    { description: 'What can be wished of it.' },
  ),
  readOnly: Type.Boolean({ description: 'Whether nothing may be written or proposed from the page.' }),
  suggestion: Type.Optional(Type.String({ description: 'A step that makes the object, where no file has one.' })),
});
export type AsCode = Static<typeof AsCode>;

/** A wish as a change of files, or why it is none. */
export const WishedChange = Type.Object({
  refused: Type.Optional(
    Type.String({ description: 'Why there is no change, and what to do; then nothing else says anything.' }),
  ),
  title: Type.String({ description: 'What it is, in a line.' }),
  files: Type.Array(
    Type.Object({
      file: Type.String({ description: 'From the root of the repository.' }),
      isNew: Type.Boolean({ description: 'Whether there is no such file yet.' }),
      diff: Type.String({ description: 'The change as `git apply` takes it.' }),
    }),
    { description: 'The files that would be others.' },
  ),
  notes: Type.Array(Type.String(), { description: 'What people should know before they take it.' }),
  run: Type.Optional(Type.String({ description: 'The command that does it when the files are so.' })),
  digest: Type.String({
    description: 'What the files are now and would be: a change that is taken has to be the one that was seen.',
  }),
});
export type WishedChange = Static<typeof WishedChange>;

/** The change that a person takes. */
export const TakenWish = Type.Object({
  wish: Wish,
  digest: Type.String({ description: 'Of the change as it was seen.', maxLength: 64 }),
});

/** Files that were written. */
export const WrittenWish = Type.Object({
  files: Type.Array(Type.String(), { description: 'From the root of the repository.' }),
});
export type WrittenWish = Static<typeof WrittenWish>;

/** A pull request of the change. */
export const ProposedWish = Type.Object({
  url: Type.String({ description: 'Where people see it.' }),
  branch: Type.String({ description: 'The branch that would be merged.' }),
  isNew: Type.Boolean({ description: 'Whether it was opened now; else it was there.' }),
});
export type ProposedWish = Static<typeof ProposedWish>;
