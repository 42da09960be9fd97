import type { DiagnosticCode } from './diagnostic-catalogue.ts';

/** What a diagnostic means, and what to do about it, whatever the place: Markdown, for a page and for tools that list rules. */
export interface Explanation {
  readonly means: string;
  readonly advice: string;
}

/** In the order of the catalogue. `docs/diagnostics.md` is made of them. */
export const explanations: Readonly<Record<DiagnosticCode, Explanation>> = {
  'unreadable-file': {
    means: 'A file that a folder lists cannot be read: a link that leads nowhere, permissions, a pipe.',
    advice: 'Correct or remove it; the other files are checked.',
  },
  'wrong-encoding': {
    means: 'The file has bytes that are no UTF-8 text.',
    advice: 'Save it as UTF-8.',
  },
  'document-too-large': {
    means:
      'The file has more than 1,048,576 characters, more than 150,000 names and values, or more than twice as many signs and lines.',
    advice: 'Split it into several pipelines.',
  },
  'empty-document': {
    means: 'The file has no content besides comments.',
    advice: 'Start with `name:`, `locale:` and `steps:`, or with what the hint names for another document.',
  },
  'control-character': {
    means: 'The file has a character that YAML does not allow; often it is UTF-16.',
    advice: 'Save it as UTF-8, remove the character.',
  },
  'yaml-syntax': {
    means: "The text is no YAML 1.2; the message is the parser's. Only the first fault of a file is told.",
    advice: 'Correct the place that the mark shows.',
  },
  'document-too-deep': {
    means: 'Lists and mappings are nested more than 64 levels deep.',
    advice: 'Flatten it.',
  },
  'several-documents': {
    means: 'The file has a second document after `---`.',
    advice: 'One file is one pipeline.',
  },
  'duplicate-key': {
    means: 'A key is twice in the same mapping.',
    advice: 'Remove one of them.',
  },
  'non-string-key': {
    means: 'A key is a list, a mapping, an alias or nothing.',
    advice: 'Write a plain name.',
  },
  'merge-key': {
    means: '`<<` is used. YAML 1.2 has no merge keys.',
    advice: 'Write the keys out, or use an alias for the whole value.',
  },
  'unsupported-tag': {
    means: 'A tag such as `!!binary` or one of your own is used.',
    advice: 'Remove the tag.',
  },
  'unresolved-alias': {
    means: '`*name` stands for something that is not defined, or not complete, before it.',
    advice: 'Define `&name` earlier.',
  },
  'alias-expansion': {
    means: 'The aliases stand for more than 10,000 values, or 1,048,576 characters, together.',
    advice: 'Write less with aliases.',
  },
  'unknown-key': {
    means: 'A key is not known at this place.',
    advice: 'Take one of those in the message.',
  },
  'missing-key': {
    means: 'A key that must be there is not.',
    advice: 'Add it.',
  },
  'missing-value': {
    means: 'A key has no value, an empty text or an empty list.',
    advice: 'Give it a value, or leave an optional key out.',
  },
  'wrong-type': {
    means: 'A value is a number, a text, a list or a mapping where another is wanted.',
    advice: 'Use the wanted one; put text that looks like a number into quotes.',
  },
  'not-allowed-value': {
    means: 'A value is not one of the few that are allowed.',
    advice: 'Take one of those in the message.',
  },
  'invalid-form': {
    means: 'A text has another form than is wanted, such as that of a day or of a currency.',
    advice: 'Write it as the hint says.',
  },
  'too-long': {
    means:
      "A name has more characters than are allowed: the pipeline's 128, a step's, a project's, a concurrency group's or a value of the matrix 256.",
    advice: 'Write a shorter one; `description` takes any length.',
  },
  'out-of-range': {
    means: 'A number is too small or too large.',
    advice: 'Keep to the range in the message.',
  },
  'unknown-step-kind': {
    means: '`uses` names no kind of step.',
    advice: 'Take one of those in the message.',
  },
  'invalid-name': {
    means: "A step's id, or the name of an input or of a matrix value, cannot be used in expressions.",
    advice:
      'A letter or underscore, then letters, digits, hyphens and underscores, at most 64 characters; not `constructor` or `__proto__`.',
  },
  'invalid-rate': {
    means: 'A rate is not between 0 and 1; `15` is not taken for a percentage.',
    advice: 'Write `15%` or `0.15`.',
  },
  'rate-of-one': {
    means: 'Warning: a rate is the number 1, which means 100 %.',
    advice: 'Write `1%` for one in a hundred, or `100%` when that is meant.',
  },
  'invalid-duration': {
    means: 'A duration has no unit, an unknown one, or is zero.',
    advice: 'Write `30m`, `2h`, `1h30m`, `10s` or `250ms`.',
  },
  'invalid-locale': {
    means: 'A locale is not in the form that the Speech service uses.',
    advice: 'Write `en-US`, `sr-Latn-RS`, `zh-CN-shandong`.',
  },
  'invalid-reference': {
    means: 'A dataset or model is given as something that cannot be one.',
    advice: 'Use an expression, a `self` URL, an id, or a form that the message names.',
  },
  'invalid-path': {
    means: 'A path is absolute, has `\\`, or is a URL that cannot be fetched or has white space in it.',
    advice: "Write it relative to the pipeline's file, with `/`.",
  },
  'unknown-input': {
    means: 'An expression reads, or an entry of `schedule` gives, an input that is not declared.',
    advice: 'Declare it under `inputs:`, or correct the name.',
  },
  'given-input-unknown': {
    means: 'A value was given for an input that is not declared.',
    advice: 'Correct the name after `--input`.',
  },
  'given-input-missing': {
    means: 'An input without a default was given no value.',
    advice: 'Give one with `--input`, or declare a default.',
  },
  'invalid-input-value': {
    means: "A given or default value is not of the input's type.",
    advice: 'Write a value of that type.',
  },
  'unused-input': {
    means: 'Warning: no step reads the input.',
    advice: 'Remove it, or read it.',
  },
  'undeclared-variable': {
    means: 'An expression reads an environment variable that `env:` at the top of the pipeline does not declare.',
    advice: 'Declare it, `env: { NAME: {} }`, or correct the name.',
  },
  'reserved-variable': {
    means:
      'The pipeline declares a variable with the name of a credential: `SPEECHOPS_*`, `AZURE_*`, `ARM_*`, `AWS_*`, `GOOGLE_*`, `ACTIONS_*`, `CI_JOB_*`, `PG*`, `*TOKEN*`, `*SECRET*`, `*PASSWORD*`, `*KEY*` and their like, in any capitals.',
    advice:
      'Whoever runs the pipeline gives `--allow-env NAME`, or names a settings file outside the repository with `--settings`.',
  },
  'misplaced-secret': {
    means:
      'A secret variable is read elsewhere than in `from` of an `upload` that is an https URL, or in an address of a `notify`.',
    advice: 'Move it there; a value that is no secret is declared without `secret`.',
  },
  'unset-variable': {
    means: 'Warning: `env.NAME` is read, and the variable is not set.',
    advice: 'Set it, or do without.',
  },
  'unused-variable': {
    means: 'Warning: no expression reads the variable.',
    advice: 'Remove it, or read it.',
  },
  'literal-signature': {
    means: 'Warning: a text has the signature (`sig=…`) or password of a URL in it that no expression brings.',
    advice: 'Declare a secret variable, and write the query as `?${{ env.NAME }}`.',
  },
  'invalid-cron': {
    means: '`cron` is not five fields as in crontab, a field is wrong, or no date ever fits.',
    advice: 'Correct the field that the message names.',
  },
  'unknown-time-zone': {
    means: '`time-zone` is no name of the IANA database.',
    advice: 'Write `Europe/Berlin`, `America/New_York`, `UTC`.',
  },
  'missing-schedule-name': {
    means: '`schedule` has several entries, and one has no name.',
    advice: 'Give each of them a `name`.',
  },
  'duplicate-schedule-name': {
    means: 'Two entries of `schedule` have the same name; capitals do not count.',
    advice: 'Rename one.',
  },
  'scheduled-input-missing': {
    means: 'An input without a default is given no value by an entry of `schedule`.',
    advice: 'Give it one under `inputs` of the entry, or declare a default.',
  },
  'duplicate-rule': {
    means: 'Two rules of `policies.yaml` have the same id.',
    advice: 'Rename one: acknowledgements name rules by it.',
  },
  'rule-effect': {
    means: 'A rule of `policies.yaml` has none, or several, of `deny`, `warn` and `acknowledge`.',
    advice: 'Write one of them.',
  },
  'unknown-rule': {
    means: 'An acknowledgement in `policies.yaml` names no rule, or one that nobody has to acknowledge.',
    advice: 'Take one of those in the hint, or remove the acknowledgement.',
  },
  'duplicate-step-id': {
    means: 'Two steps have the same id; capitals do not count.',
    advice: 'Rename one.',
  },
  'unknown-step': {
    means: '`needs`, `measured-by` or an expression names a step that does not exist.',
    advice: 'Take one of those in the message.',
  },
  'own-output': {
    means: 'A step refers to itself.',
    advice: 'Refer to an earlier step.',
  },
  'step-cycle': {
    means: 'Steps wait for each other; the message shows the round.',
    advice: 'Remove one of the references.',
  },
  'step-after-all-others': {
    means: 'A step refers to one under `finally`, which runs after all others.',
    advice: 'Move it under `finally` too, or the other one to `steps`.',
  },
  'step-of-other-combination': {
    means: 'A step refers to the copy of a step that belongs to one combination of the matrix.',
    advice: 'Write the id of the step as it stands in the file: it means the copy of the same combination.',
  },
  'step-of-several-combinations': {
    means: 'A step under `finally` names a step of which the matrix makes several.',
    advice: 'Name the copy, `<id>-<combination>`; the message lists them.',
  },
  'once-needs-copy': {
    means: 'A step with `once` refers to a step that the matrix makes copies of, or to one of the copies.',
    advice: 'Let both be done once, or read the outputs under `finally`, by the ids of the copies.',
  },
  'once-without-effect': {
    means: '`once` is said of a step of which no matrix makes copies.',
    advice: 'Remove it.',
  },
  'unknown-wave': {
    means: "A combination's value `wave` is none of those in `strategy.waves`.",
    advice: 'Take one of those in the message, or add it to `waves`.',
  },
  'combination-without-wave': {
    means:
      'The strategy has `waves`, and a combination of the matrix has no value `wave`, so that nothing says when it starts.',
    advice: 'Give the combination the value under `include`.',
  },
  'empty-wave': {
    means: 'A name in `strategy.waves` is the `wave` of no combination.',
    advice: 'Remove it, or give it to a combination.',
  },
  'copy-id-taken': {
    means: 'A copy that the matrix makes of a step would have the id of another step.',
    advice: 'Rename one of the two.',
  },
  'duplicate-matrix-value': {
    means: 'A value is twice under one name of the matrix; capitals do not count.',
    advice: 'Remove one of them.',
  },
  'matrix-too-large': {
    means: 'The matrix has more than 256 combinations, or makes more than 10,000 steps.',
    advice: 'Take out values, or split the pipeline.',
  },
  'matrix-too-complex': {
    means: 'The matrix has more than 64 names, or more than 1,000 items under `include` and `exclude`.',
    advice: 'Split the pipeline.',
  },
  'unknown-exclude-name': {
    means:
      "An item of the matrix's `exclude` names something that has no list of values. What `include` adds cannot be excluded.",
    advice: 'Take one of those in the message.',
  },
  'exclude-without-effect': {
    means: "An item of the matrix's `exclude` has values that no combination of the lists has.",
    advice: 'Correct the values, or remove the item.',
  },
  'no-combination': {
    means: "The matrix's `exclude` removes every combination, and `include` makes none.",
    advice: 'Exclude less.',
  },
  'duplicate-combination': {
    means:
      "An item of the matrix's `include` says what its combinations have already, or repeats a combination of its own.",
    advice: 'Add a value to it, or remove it.',
  },
  'empty-matrix-value': {
    means: 'A setting that must be there, or the locale, reads a value that a combination of the matrix does not have.',
    advice: "Give the combination the value under `include`, or write a default: `matrix.x || 'default'`.",
  },
  'invalid-resource': {
    means:
      '`resource` is neither a base URL nor an Azure resource id, is plain http to another machine, or reads an input or variable that is empty.',
    advice: 'Write `https://NAME.cognitiveservices.azure.com`; set the variable.',
  },
  'resource-of-several-combinations': {
    means:
      'A step under `finally`, or one with `once`, works on a Speech resource, and the matrix makes several of `resource`. `approve` works on none, and is allowed.',
    advice: 'Give the step a `resource` of its own, or let the matrix make copies of it.',
  },
  'delay-above-maximum': {
    means: '`delay` of a `retry` is longer than its `max-delay`.',
    advice: 'Make one fit the other.',
  },
  'missing-companion': {
    means:
      'A setting that means nothing without another one: `if-wer-above` and `measured-by` of a train step, `if-expiring-within` and `if-newer-base` without `in-use`, and `in-use` without one of them, `min-improvement` and `min-words` of an evaluate step, and `max-regression` of its `slices` and `sets`, without `against`, and `by` of `slices` for anything but `speaker` without `manifest`.',
    advice: 'Add the other one, or remove it.',
  },
  'unusable-release': {
    means:
      'A swap is to serve what its release file says (`model: release`), and the file is not there, is no release, or is of another endpoint or locale.',
    advice:
      'Let the pipeline that trains write it first (`release` of its swap), take it back from Git, or name the endpoint that it is of.',
  },
  'occupied-release': {
    means:
      'A swap would write its release in the place of a file that is no release, such as a pipeline of the same name, or at a path that is no file of the repository.',
    advice: 'Name another folder in `release`, or move the file away.',
  },
  'shared-release': {
    means:
      'Swaps of several endpoints would write one release file, which has the name of the endpoint: they have the same name in different locales, or at different Speech resources. The second of them would be refused, after the first was changed. Where the resource waits for an input, each combination that gives its expression other values is taken to have a resource of its own.',
    advice: 'Let `release` name a folder for each of them, such as one with a value of the matrix in its path.',
  },
  'setting-without-effect': {
    means:
      'A setting that another one leaves nothing to do: `if-newer-base` of a train step whose `base-model` is named, and stays the same whatever is released, or `streams` of a `verify` over REST, which has none.',
    advice: 'Leave out one of the two.',
  },
  'measured-by-kind': {
    means: '`measured-by` names a step that measures nothing.',
    advice: 'Name an evaluate step.',
  },
  'wrong-dataset-kind': {
    means:
      'A step takes the dataset of an `upload` whose `kind` it cannot use: only audio with transcripts can be measured.',
    advice: 'Upload data of one of the kinds in the message.',
  },
  'dataset-kinds-apart': {
    means:
      'A `train` step takes datasets of kinds that the service does not take together: `LanguageMarkdown` and `Pronunciation`.',
    advice: 'Train two models, or bring all of it into one of the kinds.',
  },
  'dataset-kind-locale': {
    means:
      "Warning: a `train` step takes a dataset of a kind that models of the pipeline's locale cannot be trained with, by a dated copy of Microsoft's table.",
    advice:
      'Upload the same as a kind that it takes: audio with transcripts (`Acoustic`), or sentences (`Language`). `speechops lint --online` asks the base models of the resource, which know better than the table.',
  },
  'unknown-locale': {
    means: "Warning: the locale is none that Microsoft's documentation names for custom speech.",
    advice: 'Write one of its locales, such as `en-US`; or leave it where the service has become richer since.',
  },
  'dataset-locale': {
    means: "A step takes the dataset of an `upload` with another `locale` than the pipeline's.",
    advice: 'Give each locale a pipeline, or a matrix that decides the locale.',
  },
  'trained-with-test-data': {
    means:
      'Warning: a `train` step takes the dataset that an `evaluate` step measures with, or other data from the same path.',
    advice: 'Keep recordings for measuring alone.',
  },
  'unmeasured-model': {
    means:
      'Warning: a `swap` puts a model that a `train` step of this pipeline makes behind an endpoint, and waits for no `evaluate` of this model.',
    advice: 'Let an output of the `evaluate` step decide under `if`, or name the step under `needs`.',
  },
  'other-endpoint': {
    means:
      'Warning: an `evaluate` step measures an endpoint whose name is near that of one that a `swap` step changes, and is another. Where it does not exist the newest base model is measured.',
    advice: 'Write the same name in both.',
  },
  'same-model': {
    means:
      'Warning: the `model` of an `evaluate` step and its `against` are the same model. It is measured twice, and is never better than itself.',
    advice: 'Leave `against` out, or name another model, such as `endpoint/<name>`.',
  },
  'test-set-too-small': {
    means:
      'Warning: an `evaluate` step compares models on local recordings with fewer words or recordings than its `min-words` asks for, so that `better` is always false; or it bounds one of its `sets` that is too small for its bounds to decide anything.',
    advice: 'Add recordings, or lower `min-words`: the set then shows large differences alone.',
  },
  'gate-too-fine': {
    means:
      'Warning: `min-improvement` of an `evaluate` step is below what its test set can tell from chance: an improvement as small as that is mostly not seen ([how much test data](measuring.md#how-much-test-data)).',
    advice: 'Ask for as much as the message says, or add recordings.',
  },
  'slices-too-small': {
    means:
      'Warning: an `evaluate` step bounds the speakers of local recordings, and none of them has as many words or recordings as `min-words` of `slices` asks for, so that the bounds decide nothing; or the names of the recordings tell no speakers.',
    advice: 'Add recordings, lower `min-words`, or let the names begin with the speaker.',
  },
  'missing-file': {
    means: 'A path leads to nothing.',
    advice: "Paths are relative to the pipeline's file; the hint has the nearest name, or those in the folder.",
  },
  'missing-matrix-file': {
    means: 'A path leads to nothing in some combinations of the matrix.',
    advice: 'Add the files, or correct the path or the values.',
  },
  'unmatched-pattern': {
    means: 'A pattern finds no data.',
    advice:
      "Patterns are relative to the pipeline's file. Of recordings they find folders with WAV files, `.zip` files, WAV files and transcripts; of texts they find files.",
  },
  'wrong-file-kind': {
    means: 'A path leads to a file where a folder is wanted.',
    advice: 'Name the folder.',
  },
  'path-outside': {
    means:
      'A path leads out of the Git repository of the pipeline, or out of its folder where there is no repository; a link may lead there, too.',
    advice: 'Move the data into the folder that the message names; for `release`, name a folder in it.',
  },
  'invalid-terms': {
    means:
      'The file under `terms` of an `evaluate` step is no list of terms: it has none, the same spelling twice, or nothing on one side of a `|`, or it cannot be read as UTF-8.',
    advice: 'Write one term a line, its other spellings separated by `|`.',
  },
  'invalid-manifest': {
    means:
      'The file under `manifest` of `slices` is no table of recordings: it has no header line, no column of the name under `by`, a recording twice or a line with more or fewer fields than the header, or it cannot be read as UTF-8.',
    advice:
      'Write a header line, then a line for each recording, its name in the first column, separated by tabs or commas.',
  },
  'smoke-audio': {
    means:
      'The folder under `audio` cannot be recognised as a whole: it has no WAV files or transcript, a WAV file is not PCM with 16 bits, mono, 8 or 16 kHz and at most 60 s, the transcript and the files do not belong together, or it has no word in any line.',
    advice: 'Correct what the message names; the endpoint would be made, and paid for, before that was noticed.',
  },
  'unclosed-expression': {
    means: '`${{` has no `}}`.',
    advice: 'Close it.',
  },
  'empty-expression': {
    means: 'There is nothing between the braces.',
    advice: 'Write an expression.',
  },
  'expression-syntax': {
    means: 'The expression cannot be read.',
    advice: 'Strings have single quotes, comparison is `==`.',
  },
  'expression-too-large': {
    means:
      'The setting that an expression makes has more than 65,536 characters, or a text on the way to it, or it takes more than 100,000 steps to evaluate. Where the values are known only in the run, the step fails with the same words.',
    advice: 'Write less with it; pass a file instead of a long text.',
  },
  'evaluation-budget': {
    means:
      'The expressions of the pipeline give more than 4,194,304 characters together, or take more than 1,000,000 steps to evaluate; with a matrix every combination counts. Told at the expression that was one too many. A run has the same bound.',
    advice: 'Split the pipeline, or take values out of the matrix.',
  },
  'expression-not-allowed': {
    means:
      'An expression stands where none is evaluated, `locale` reads more than the matrix, or `resource` more than the matrix, inputs and variables.',
    advice: 'Expressions work in `with` and `if`, in `resource`, and in `locale` with a matrix.',
  },
  'unknown-context': {
    means: 'An expression starts with a name that is no context.',
    advice: 'Take one of those in the message.',
  },
  'unknown-function': {
    means: 'An expression calls a function that does not exist.',
    advice: 'Take one of those in the message.',
  },
  'argument-count': {
    means: 'A function is called with too few or too many arguments.',
    advice: 'Give it as many as the message says.',
  },
  'argument-type': {
    means: 'A function that calculates is given text, or a duration together with a rate.',
    advice: 'Give it what the message names; `fromJSON` reads a number from text.',
  },
  'no-matrix': {
    means:
      '`matrix` is read, and the pipeline declares none, or the step is under `finally` or has `once`, and runs once.',
    advice: 'Declare it under `strategy:`, or use an input.',
  },
  'unknown-matrix-value': {
    means: '`matrix.<name>` is read, and the matrix has no such name. Told at the first place.',
    advice: 'Take one of those in the message.',
  },
  'status-too-early': {
    means: '`run.status` is read by a step that is not under `finally`.',
    advice: 'Move the step under `finally`.',
  },
  'unknown-property': {
    means: 'A context or a step has no such property.',
    advice: 'Take one of those in the message.',
  },
  'property-of-value': {
    means: 'A property of a text, a number or another plain value is read.',
    advice: 'Read the value itself.',
  },
  'incomplete-step-reference': {
    means: 'An expression names a step without an output, or computes the name.',
    advice: 'Write `steps.<id>.outputs.<name>`.',
  },
  'unknown-output': {
    means: 'The step has no such output.',
    advice: 'Take one of those in the message.',
  },
  'output-not-present': {
    means: 'The step has this output only with a setting that it does not have.',
    advice: 'Add the setting to the step.',
  },
  'type-mismatch': {
    means: 'Two values of different types are compared.',
    advice: 'Rates are fractions in expressions: `0.15`.',
  },
  'condition-type': {
    means: '`if` is not true or false.',
    advice: 'Compare the value with something.',
  },
  'value-type': {
    means: 'An expression gives a value of another type than the setting takes.',
    advice: 'Refer to the right output, or convert with a function.',
  },
};
