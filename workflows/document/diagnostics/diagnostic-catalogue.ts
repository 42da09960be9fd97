import { counted } from '../counted.ts';
import { quoteName as quote } from '../quote-name.ts';

/**
 * Every diagnostic of the pipeline language: its code and, from typed parameters, its text. A message says what cannot be
 * done, then what is there and what is allowed; the hint, where there is one, says what to write.
 */
export const catalogue = {
  // The file, and its text as YAML.
  'unreadable-file': (p: { reason: string }) => ({ message: `Cannot read the file: ${p.reason}` }),
  'wrong-encoding': (p: { byte: number; isUtf16: boolean }) => ({
    message: `Cannot read the text: ${p.isUtf16 ? 'it is UTF-16' : `the byte 0x${p.byte.toString(16).toUpperCase()} is no UTF-8 here`}`,
    hint: 'Save the file as UTF-8',
  }),
  'document-too-large': (p: { limit: number; of: 'characters' | 'values' }) => ({
    message: `Cannot read the pipeline: it has more than ${count(p.limit)} ${p.of === 'values' ? 'names and values' : p.of}`,
    hint: 'Split it into several pipelines',
  }),
  'empty-document': (p: { what: string; keys: readonly string[] }) => ({
    message: `Cannot find ${p.what}: the file says nothing`,
    ...(p.keys.length === 0 ? {} : { hint: `Start with ${entries(p.keys)}` }),
  }),
  'control-character': (p: { character: string }) => ({
    message: `Cannot read the character U+${hex(p.character)}: YAML allows only tabs and line breaks as control characters`,
    hint: 'Check that the file is saved as UTF-8 text',
  }),
  'yaml-syntax': (p: { problem: string; hint?: string }) => ({
    message: `Cannot read the YAML: ${p.problem.slice(0, 200)}`,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  'document-too-deep': (p: { limit: number }) => ({
    message: `Cannot read the YAML: it is nested more than ${p.limit} levels deep`,
  }),
  'several-documents': () => ({
    message: 'Cannot take a second document: a file is one pipeline',
    hint: 'Remove the `---` and what follows, or move it to a file of its own',
  }),
  'duplicate-key': (p: { key: string; firstLine: number }) => ({
    message: `Cannot give ${quote(p.key)} twice: it is on line ${p.firstLine} already`,
  }),
  'non-string-key': (p: { isBraces: boolean }) => ({
    message: 'Cannot use this as a key: keys are plain names',
    hint: p.isBraces
      ? 'An expression begins with `$`, and needs quotes inside `{ }` and `[ ]`: `"${{ … }}"`'
      : 'Put a key that looks like something else into quotes',
  }),
  'merge-key': () => ({
    message: 'Cannot merge with `<<`: YAML 1.2 has no merge keys',
    hint: 'Write the keys out, or take the whole value with an alias',
  }),
  'unsupported-tag': (p: { tag: string }) => ({
    message: `Cannot use the tag ${quote(p.tag)}: a pipeline has only the tags !!str, !!int, !!float, !!bool, !!null, !!map and !!seq`,
  }),
  'unresolved-alias': (p: { alias: string }) => ({
    message: `Cannot find what ${quote(`*${p.alias}`)} stands for: no ${quote(`&${p.alias}`)} is complete before it`,
  }),
  'alias-expansion': (p: { limit: number; limitOfCharacters: number }) => ({
    message: `Cannot expand the aliases: they stand for more than ${count(p.limit)} values or ${count(p.limitOfCharacters)} characters`,
  }),

  // The document against its schema.
  'unknown-key': (p: Names & { key: string; where: string; misplaced?: string | undefined }) => ({
    message: `Cannot use the key ${quote(p.key)} in ${p.where}: ${allowed(p.allowed)}`,
    ...(p.misplaced === undefined ? didYouMean(p.nearest) : { hint: p.misplaced }),
  }),
  'missing-key': (p: { key: string; where: string; description?: string | undefined }) => ({
    message: `Cannot do without ${quote(p.key)} in ${p.where}`,
    ...(p.description === undefined ? {} : { hint: `${quote(p.key)}: ${p.description}` }),
  }),
  'missing-value': (p: { key: string; where: string }) => ({
    message: `Cannot leave ${quote(p.key)} empty in ${p.where}: give it a value, or leave it out where it is optional`,
  }),
  'wrong-type': (p: { key: string; expected: string; actual: string; quotable: boolean }) => ({
    message: `Cannot use ${p.actual} for ${quote(p.key)}: it takes ${p.expected}`,
    ...(p.quotable ? { hint: 'Put it into quotes' } : {}),
  }),
  'not-allowed-value': (p: Names & { key: string; value: string }) => ({
    message: `Cannot use ${quote(p.value)} for ${quote(p.key)}: ${allowed(p.allowed)}`,
    ...didYouMean(p.nearest),
  }),
  'invalid-form': (p: { key: string; value: string; form: string }) => ({
    message: `Cannot use ${quote(p.value)} for ${quote(p.key)}`,
    hint: p.form,
  }),
  'too-long': (p: { key: string; where: string; length: number; limit: number; of: 'characters' | 'entries' }) => ({
    message: `Cannot use so much for ${quote(p.key)} in ${p.where}: it has ${count(p.length)} ${p.of}, and at most ${count(p.limit)} are allowed`,
  }),
  'out-of-range': (p: { key: string; value: string; range: string }) => ({
    message: `Cannot use ${p.value} for ${quote(p.key)}: it must be ${p.range}`,
  }),
  'unknown-step-kind': (p: Names & { uses: string }) => ({
    message: `Cannot use the step kind ${quote(p.uses)}: ${allowed(p.allowed)}`,
    ...didYouMean(p.nearest),
  }),
  'invalid-name': (p: { name: string; reserved: boolean }) => ({
    message: `Cannot use ${quote(p.name)} as a name: ${
      p.reserved
        ? 'it means something else to the expression library'
        : 'names are a letter or underscore, then letters, digits, hyphens and underscores, at most 64 characters'
    }`,
  }),
  'invalid-rate': (p: { key: string; value: string; percent?: string | undefined }) => ({
    message: `Cannot use ${quote(p.value)} for ${quote(p.key)}: it takes a rate from 0% to 100%, such as \`15%\` or \`0.15\``,
    ...didYouMean(p.percent),
  }),
  'rate-of-one': (p: { key: string }) => ({
    message: `The rate 1 of ${quote(p.key)} means 100 %`,
    hint: 'Write `1%` for one in a hundred, or `100%` when that is meant',
  }),
  'invalid-duration': (p: { key: string; value: string; nearest?: string | undefined }) => ({
    message: `Cannot use ${quote(p.value)} for ${quote(p.key)}: it takes a duration above zero, such as \`30m\`, \`2h\` or \`1h30m\``,
    ...didYouMean(p.nearest),
  }),
  'invalid-locale': (p: { value: string; nearest?: string | undefined }) => ({
    message: `Cannot use ${quote(p.value)} as a locale: it takes the form \`en-US\`, as the Speech service writes it`,
    ...didYouMean(p.nearest),
  }),
  'invalid-reference': (p: {
    key: string;
    value: string;
    forms: string;
    nearest?: string | undefined;
    /** Where ids are found. */
    lookup?: string | undefined;
  }) => ({
    message: `Cannot tell what ${quote(p.value)} refers to: ${quote(p.key)} takes ${p.forms}`,
    ...(p.nearest === undefined && p.lookup !== undefined ? { hint: p.lookup } : didYouMean(p.nearest)),
  }),
  'invalid-path': (p: { value: string; reason: string }) => ({
    message: `Cannot use the path ${quote(p.value)}: ${p.reason}`,
  }),

  // Inputs.
  'unknown-input': (p: Names & { input: string }) => ({
    message: `Cannot find the input ${quote(p.input)}: ${declared(p.allowed, 'input')}`,
    ...didYouMean(p.nearest),
  }),
  'given-input-unknown': (p: Names & { input: string }) => ({
    message: `Cannot take a value for the input ${quote(p.input)}: ${declared(p.allowed, 'input')}`,
    ...didYouMean(p.nearest),
  }),
  'given-input-missing': (p: { input: string; type: string }) => ({
    message: `Cannot run without a value for the input ${quote(p.input)}: it has no default`,
    hint: `Give one with ${quote(`--input ${p.input}=${example(p.type)}`)}`,
  }),
  'invalid-input-value': (p: {
    input: string;
    value: string;
    type: string;
    given: boolean;
    nearest?: string | undefined;
  }) => ({
    message: `Cannot use ${quote(p.value)} ${p.given ? 'for' : 'as the default of'} the input ${quote(p.input)}: it takes ${p.type === 'string' ? 'text' : `a ${p.type}`}, such as \`${example(p.type)}\``,
    ...didYouMean(p.nearest),
  }),
  'unused-input': (p: { input: string }) => ({ message: `The input ${quote(p.input)} is read by no step` }),

  // The environment variables.
  'undeclared-variable': (p: Names & { variable: string }) => ({
    message: `Cannot read the environment variable ${quote(p.variable)}: ${declared(p.allowed, 'variable')}`,
    hint:
      p.nearest === undefined
        ? `Declare it at the top of the pipeline: \`env: { ${p.variable.slice(0, 64)}: {} }\``
        : `Did you mean ${quote(p.nearest)}?`,
  }),
  'reserved-variable': (p: { variable: string }) => ({
    message: `Cannot declare the environment variable ${quote(p.variable)}: its name is one of a credential, and only the person who runs the pipeline can let it read one`,
    hint: `Give \`--allow-env ${p.variable}\` when you mean it, or use another name for what is no credential`,
  }),
  'misplaced-secret': (p: { variable: string; byName: boolean }) => ({
    message: `Cannot use the secret variable ${quote(p.variable)} here${p.byName ? ' (its name makes it one)' : ''}: it may stand in \`from\` of an \`upload\`, as the whole https URL or in its query, and in the addresses of a \`notify\`, by itself between the braces, and nowhere else`,
  }),
  'unset-variable': (p: { variable: string }) => ({
    message: `The environment variable ${quote(p.variable)} is not set: the expression sees nothing`,
  }),
  'unused-variable': (p: { variable: string }) => ({
    message: `The environment variable ${quote(p.variable)} is read by no expression`,
  }),
  'literal-signature': () => ({
    message:
      'The text has the signature or password of a URL in it: everybody who can read this file can read what it opens',
    hint: 'Declare `env: { SAS: { secret: true } }`, and write `?${{ env.SAS }}` behind a URL without them',
  }),

  // The schedule.
  'invalid-cron': (p: { value: string; problem: string; nearest?: string | undefined }) => ({
    message: `Cannot tell the times of ${quote(p.value)}: ${p.problem}`,
    ...didYouMean(p.nearest),
  }),
  'unknown-time-zone': (p: { value: string; nearest?: string | undefined }) => ({
    message: `Cannot find the time zone ${quote(p.value)}: it takes a name of the IANA database, such as \`Europe/Berlin\` or \`UTC\``,
    ...didYouMean(p.nearest),
  }),
  'missing-schedule-name': () => ({
    message: 'Cannot tell the entries of `schedule` apart: where there are several, each needs a `name`',
  }),
  'duplicate-schedule-name': (p: { name: string; firstLine: number }) => ({
    message: `Cannot use the name ${quote(p.name)} twice: the entry of \`schedule\` on line ${p.firstLine} has it (capitals do not count)`,
  }),
  'scheduled-input-missing': (p: { input: string; type: string }) => ({
    message: `Cannot run at these times without a value for the input ${quote(p.input)}: it has no default`,
    hint: `Give one in the entry: ${quote(`inputs: { ${p.input}: ${example(p.type)} }`)}`,
  }),

  // The rules of policies.
  'duplicate-rule': (p: { rule: string; firstLine: number }) => ({
    message: `Cannot use the id ${quote(p.rule)} for a second rule: it is the one of line ${p.firstLine}`,
  }),
  'rule-effect': (p: { rule: string; given: readonly string[] }) => ({
    message:
      p.given.length === 0
        ? `Cannot tell what the rule ${quote(p.rule)} does: it has none of \`deny\`, \`warn\` and \`acknowledge\``
        : `Cannot use ${p.given.map(quote).join(' and ')} in one rule: ${quote(p.rule)} does one of them`,
    ...(p.given.length === 0 ? {} : { hint: 'Write a rule for each' }),
  }),
  'unknown-rule': (p: { rule: string; isThere: boolean; allowed: readonly string[] }) => ({
    message: `Cannot acknowledge ${quote(p.rule)}: ${p.isThere ? 'the rule has no `acknowledge`' : 'there is no such rule'}`,
    ...(p.allowed.length === 0 ? {} : { hint: `Rules with \`acknowledge\`: ${names(p.allowed)}` }),
  }),

  // Steps and their order.
  'duplicate-step-id': (p: { id: string; firstLine: number }) => ({
    message: `Cannot use the id ${quote(p.id)} twice: the step on line ${p.firstLine} has it (capitals do not count)`,
  }),
  'unknown-step': (p: Names & { id: string }) => ({
    message: `Cannot find the step ${quote(p.id)}: the pipeline has ${names(p.allowed)}`,
    ...didYouMean(p.nearest),
  }),
  'own-output': (p: { id: string }) => ({
    message: `Cannot wait for the step ${quote(p.id)} in itself`,
  }),
  'step-cycle': (p: { steps: readonly string[] }) => ({
    message: `Cannot order the steps: they wait for each other, ${p.steps.slice(0, 12).map(quote).join(' -> ')}${p.steps.length > 12 ? ` -> … (${p.steps.length - 1} steps)` : ''}`,
  }),
  'step-after-all-others': (p: { id: string }) => ({
    message: `Cannot wait for the step ${quote(p.id)}: it is under \`finally\`, and runs after all others`,
    hint: 'Move this step under `finally` too, or the other one to `steps`',
  }),
  'step-of-other-combination': (p: { id: string; own: string }) => ({
    message: `Cannot refer to ${quote(p.id)}: it belongs to one combination of the matrix, and each has its own steps`,
    hint: `Write ${quote(p.own)}: in every combination it means the step of that combination`,
  }),
  'step-of-several-combinations': (p: { id: string; copies: readonly string[] }) => ({
    message: `Cannot tell which step ${quote(p.id)} is meant: the matrix makes ${names(p.copies)} of it`,
  }),
  'once-needs-copy': (p: { id: string; step: string }) => ({
    message: `Cannot wait for ${quote(p.id)} in ${quote(p.step)}: this step is done once (\`once\`), and that one for each combination of the matrix`,
    hint: `Let ${quote(p.id)} be done \`once\`, too, or move this step to \`finally\``,
  }),
  'once-without-effect': (p: { id: string; isFinally: boolean }) => ({
    message: `Cannot have ${quote(p.id)} done \`once\`: ${p.isFinally ? 'steps under `finally` are' : 'the pipeline has no matrix, so that every step is'}`,
    hint: 'Remove `once`',
  }),
  'unknown-wave': (p: Names & { combination: string; wave: string }) => ({
    message: `Cannot put the combination ${quote(p.combination)} into the wave ${quote(p.wave)}: ${allowed(p.allowed)} (\`strategy.waves\`)`,
    ...didYouMean(p.nearest),
  }),
  'combination-without-wave': (p: { combination: string }) => ({
    message: `Cannot tell when the combination ${quote(p.combination)} is to start: it has no value \`wave\`, and the strategy has \`waves\``,
    hint: 'Give it one under `include`: `{ region: westeurope, wave: canary }`',
  }),
  'empty-wave': (p: { wave: string }) => ({
    message: `Cannot start the wave ${quote(p.wave)}: no combination of the matrix has it as its \`wave\``,
  }),
  'copy-id-taken': (p: { id: string; copy: string }) => ({
    message: `Cannot copy the step ${quote(p.id)} for the matrix: two steps would have the id ${quote(p.copy)}`,
  }),
  'duplicate-matrix-value': (p: { name: string; value: string }) => ({
    message: `Cannot use ${quote(p.value)} twice for ${quote(p.name)}: a value makes its combinations once (capitals do not count)`,
  }),
  'matrix-too-large': (p: { combinations: number; steps: number; maxCombinations: number; maxCopies: number }) => ({
    message: `Cannot multiply the steps: ${count(p.combinations)} combinations of ${count(p.steps)} ${p.steps === 1 ? 'step' : 'steps'} are too many, at most ${count(p.maxCombinations)} combinations and ${count(p.maxCopies)} steps are allowed`,
    hint: 'Split it into several pipelines',
  }),
  'matrix-too-complex': (p: { names: number; maxNames: number; items: number; maxItems: number }) => ({
    message: `Cannot combine the values of the matrix: it has ${count(p.names)} names, and ${count(p.items)} items under \`include\` and \`exclude\`; at most ${count(p.maxNames)} names and ${count(p.maxItems)} items are allowed`,
  }),
  'unknown-exclude-name': (p: Names & { name: string }) => ({
    message: `Cannot exclude by ${quote(p.name)}: ${p.allowed.length === 0 ? 'the matrix has no lists of values to exclude from' : allowed(p.allowed)}`,
    ...didYouMean(p.nearest),
  }),
  'exclude-without-effect': () => ({
    message: 'Cannot exclude this: no combination of the lists has these values',
    hint: 'Correct the values, or remove the item',
  }),
  'no-combination': () => ({
    message: 'Cannot exclude every combination: there is nothing left to run',
  }),
  'duplicate-combination': () => ({
    message: 'Cannot include this: a combination has these values already, and the item adds nothing to it',
    hint: 'Add a value, or remove the item',
  }),
  'empty-matrix-value': (p: { key: string; combination: string }) => ({
    message: `Cannot leave ${quote(p.key)} empty: its expression gives nothing in the combination ${quote(p.combination)}`,
    hint: "Give the combination a value under `include`, or write a default: `${{ matrix.x || 'default' }}`",
  }),
  'invalid-resource': (p: { value: string; reason: string }) => ({
    message: `Cannot use ${quote(p.value)} for \`resource\`: ${p.reason}`,
    hint: 'Write a base URL, `https://NAME.cognitiveservices.azure.com`, or an Azure resource id, `/subscriptions/…`',
  }),
  'resource-of-several-combinations': (p: { uses: string; isFinally: boolean }) => ({
    message: `Cannot run ${quote(p.uses)} ${p.isFinally ? 'under `finally`' : 'once'}: \`resource\` is another one in each combination of the matrix, and this step is of none`,
    hint: `Give it a \`resource\` of its own, or ${p.isFinally ? 'move it to `steps`' : 'remove `once`'}: then it runs on the resource of every combination`,
  }),
  'delay-above-maximum': (p: { delay: string; maximum: string }) => ({
    message: `Cannot wait ${quote(p.delay)} between attempts: \`max-delay\` is ${quote(p.maximum)}`,
  }),
  'missing-companion': (p: { key: string; needed: readonly string[]; description: string | undefined }) => ({
    message: `Cannot use ${quote(p.key)} without ${p.needed.map(quote).join(' or ')}`,
    ...(p.description === undefined
      ? {}
      : { hint: `${quote(p.needed[0] ?? '')}: ${p.description.split(/[.:](?= |$)/)[0] ?? ''}` }),
  }),
  'unusable-release': (p: { file: string; fault: string }) => ({
    message: `Cannot serve what ${quote(p.file)} says: ${p.fault}`,
  }),
  'occupied-release': (p: { file: string; fault: string }) => ({
    message: `Cannot write a release in the place of ${quote(p.file)}: ${p.fault}`,
    hint: 'Name another folder, or move the file away',
  }),
  'shared-release': (p: { file: string; steps: readonly string[]; by: string | undefined }) => ({
    message: `Cannot write the releases of two endpoints into one file, ${quote(p.file)}: the endpoints of ${p.steps.map(quote).join(' and ')} have one name in different locales, or at different Speech resources`,
    hint: `Let \`release\` name a folder for each${p.by === undefined ? '' : `, as in ${quote(`releases/\${{ matrix.${p.by} }}`)}`}`,
  }),
  'setting-without-effect': (p: { key: string; other: string; value: string }) => ({
    message: `Cannot use ${quote(p.key)} beside ${quote(`${p.other}: ${p.value}`)}: it would never make a difference`,
    hint: `Leave out one of the two`,
  }),
  'measured-by-kind': (p: { id: string; uses: string; allowed: readonly string[] }) => ({
    message: `Cannot take a word error rate from the step ${quote(p.id)}: it is of kind ${quote(p.uses)}, and only ${p.allowed.map(quote).join(' and ')} measures one`,
  }),
  'wrong-dataset-kind': (p: { key: string; step: string; kind: string; allowed: readonly string[] }) => ({
    message: `Cannot use the dataset of the step ${quote(p.step)} for ${quote(p.key)}: its kind is ${quote(p.kind)}, and ${allowed(p.allowed)}`,
  }),
  'dataset-kinds-apart': (p: { kinds: readonly string[]; steps: readonly string[] }) => ({
    message: `Cannot use datasets of the kinds ${p.kinds.map(quote).join(' and ')} together: the service refuses them (steps ${names(p.steps)})`,
    hint: 'Train two models, or bring all of it into one of the kinds',
  }),
  'dataset-kind-locale': (p: {
    step: string;
    kind: string;
    locale: string;
    kinds: readonly string[];
    /** What to upload in its place, as the end of a sentence. */
    instead: string;
    /** Of the documentation. */
    date: string;
  }) => ({
    message: `The dataset of the step ${quote(p.step)} is of the kind ${quote(p.kind)}, and models of ${quote(p.locale)} are trained with ${names(p.kinds)} alone, by Microsoft's documentation of ${p.date}`,
    hint: `${p.instead}; \`speechops lint --online\` asks the resource`,
  }),
  'unknown-locale': (p: { locale: string; nearest?: string | undefined; date: string }) => ({
    message: `The locale ${quote(p.locale)} is none that Microsoft's documentation of ${p.date} names for custom speech`,
    ...didYouMean(p.nearest),
  }),
  'dataset-locale': (p: { key: string; step: string; locale: string; own: string }) => ({
    message: `Cannot use the dataset of the step ${quote(p.step)} for ${quote(p.key)}: its locale is ${quote(p.locale)}, and the one of the pipeline is ${quote(p.own)}`,
    hint: `Upload data of the locale ${quote(p.own)}, or give the other locale a pipeline of its own`,
  }),
  'trained-with-test-data': (p: { train: string; measure: string }) => ({
    message: `The step ${quote(p.train)} trains with the data that ${quote(p.measure)} measures with: the word error rate then says nothing about speech that is new to the model`,
    hint: 'Keep recordings for measuring alone, and train with other data',
  }),
  'unmeasured-model': (p: { swap: string; train: string; measuredBy?: string | undefined }) => ({
    message: `The step ${quote(p.swap)} puts the model of ${quote(p.train)} behind an endpoint and waits for no step that measures it`,
    hint:
      p.measuredBy === undefined
        ? `Measure the model with an \`evaluate\` step, and let one of its outputs decide under \`if\``
        : `Let an output of ${quote(p.measuredBy)}, which measures it, decide under \`if\`, or write \`needs: [${p.measuredBy}]\``,
  }),
  'other-endpoint': (p: { measure: string; endpoint: string; swap: string; nearest: string }) => ({
    message: `The step ${quote(p.measure)} measures the endpoint ${quote(p.endpoint)}, and ${quote(p.swap)} swaps ${quote(p.nearest)}`,
    ...didYouMean(`endpoint/${p.nearest}`),
  }),
  'same-model': (p: { step: string; keys: readonly [string, string] }) => ({
    message: `The step ${quote(p.step)} compares a model with itself: ${p.keys.map(quote).join(' and ')} name the same one, which is never better than itself`,
    hint: `Leave ${quote(p.keys[1])} out, or name another model`,
  }),
  'test-set-too-small': (p: {
    step: string;
    from: string;
    size: SetSize;
    asked: SetSize;
    hint: string;
    /** Whether it is one of several, which is held to bounds. */
    isFurther: boolean;
  }) => ({
    message: `${p.isFurther ? 'The bounds of a set decide nothing' : 'Nothing is `better`'} in the step ${quote(p.step)}: ${quote(p.from)} has ${counted(p.size.words, 'word')} in ${counted(p.size.utterances, 'recording')}, and ${p.asked.words} in ${p.asked.utterances} are asked for`,
    hint: `${p.hint.charAt(0).toUpperCase()}${p.hint.slice(1)}`,
  }),
  'gate-too-fine': (p: { from: string; rate: string; shows: string }) => ({
    message: `An improvement of ${p.rate}, which \`min-improvement\` asks for, mostly looks like chance with ${quote(p.from)}: ${p.shows}`,
    hint: 'Ask for as much as the test set shows, or add recordings',
  }),
  'slices-too-small': (p: {
    from: string;
    count: number;
    largest: (SetSize & { readonly bound: number }) | undefined;
    asked: SetSize;
  }) =>
    p.largest === undefined
      ? {
          message: `The names of the recordings in ${quote(p.from)} tell no speakers, so that nothing is within the bounds of \`slices\``,
          hint: 'Let each name begin with its speaker, as `nurse-1.wav` or `nurse_1.wav`',
        }
      : {
          message: `No part of ${quote(p.from)} is held to the bounds of \`slices\`: the largest of ${counted(p.count, 'speaker')} has ${counted(p.largest.words, 'word')} in ${counted(p.largest.utterances, 'recording')}, and ${p.asked.words} in ${p.asked.utterances} are asked for`,
          hint: `Set \`min-words: ${p.largest.bound}\` under \`slices\` to lower that, or add recordings`,
        },
  'missing-file': (p: MissingFile) => ({
    message: `Cannot find ${quote(p.file)}: ${whereItIsNot(p)}`,
    ...whatIsThere(p),
  }),
  'missing-matrix-file': (p: MissingFile & { missing: readonly { file: string; combination: string }[] }) => ({
    message: `Cannot find ${p.missing
      .slice(0, 8)
      .map(({ file, combination }) => `${quote(file)} (combination ${quote(combination)})`)
      .join(', ')}${p.missing.length > 8 ? ` and ${p.missing.length - 8} more` : ''}: ${whereItIsNot(p)}`,
    ...whatIsThere(p),
  }),
  'unmatched-pattern': (p: { pattern: string; kind: string | undefined }) => ({
    message: `Cannot find anything for ${quote(p.pattern)}: ${p.kind === undefined ? 'nothing' : `nothing that data of kind ${p.kind} are made of`} matches it`,
    hint: '`*` is any name, `**` any folders, `?` one character and `{a,b}` one of two; names that begin with a dot are left out',
  }),
  'wrong-file-kind': (p: { file: string; expected: string; actual: string }) => ({
    message: `Cannot use ${quote(p.file)}: it is a ${p.actual}, and a ${p.expected} is wanted`,
  }),
  'path-outside': (p: { path: string; roots: readonly string[]; isWritten: boolean }) => ({
    message: `Cannot use ${quote(p.path)}: it leads out of ${p.roots.map(quote).join(' and ')}, and a pipeline ${p.isWritten ? 'writes nothing elsewhere' : 'reads no data from elsewhere'}`,
    hint: p.isWritten
      ? 'Name a folder there'
      : 'Move the data there. What lies in the same Git repository as the pipeline can be read, too',
  }),
  'invalid-terms': (p: { file: string; fault: string }) => ({
    message: `Cannot count the terms in ${quote(p.file)}: ${p.fault}`,
    hint: 'Write one term a line, its other spellings separated by `|`; `#` begins a comment',
  }),
  'invalid-manifest': (p: { file: string; fault: string }) => ({
    message: `Cannot tell recordings apart by ${quote(p.file)}: ${p.fault}`,
    hint: 'Write a header line, then a line for each recording, its name in the first column; fields are separated by tabs, or by commas as in CSV',
  }),
  'smoke-audio': (p: { folder: string; faults: readonly string[] }) => ({
    message: `Cannot try an endpoint with the audio in ${quote(p.folder)}: ${p.faults.slice(0, 8).join('; ')}${p.faults.length > 8 ? `; and ${p.faults.length - 8} more` : ''}`,
    hint: 'Each WAV file has PCM with 16 bits, mono, 8 or 16 kHz and at most 60 s, as `ffmpeg -i IN.wav -ac 1 -ar 16000 -c:a pcm_s16le -t 60 OUT.wav` writes it, and a line in the transcript',
  }),

  // Expressions.
  'unclosed-expression': () => ({
    message: 'Cannot find the end of the expression: `${{` has no `}}`',
  }),
  'empty-expression': () => ({ message: 'Cannot evaluate an empty expression' }),
  'expression-syntax': (p: { problem: string; hint?: string | undefined }) => ({
    message: `Cannot read the expression: ${p.problem}`,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  'expression-too-large': (p: { key: string; problem: string }) => ({
    message: `Cannot evaluate the expression for ${quote(p.key)}: ${p.problem}`,
    hint: 'Write less with it, or pass a file instead of a long text',
  }),
  'evaluation-budget': (p: { problem: string }) => ({
    message: `Cannot evaluate the expression: ${p.problem}`,
    hint: 'Split it into several pipelines; with a matrix every combination counts',
  }),
  'expression-not-allowed': (p: { key: string }) => ({
    message: Object.hasOwn(neededBefore, p.key)
      ? `Cannot use this expression for ${quote(p.key)}: it is needed before the run, and takes values of ${neededBefore[p.key]} alone`
      : `Cannot use an expression for ${quote(p.key)}: expressions work in \`with\` and \`if\``,
  }),
  'unknown-context': (p: Names & { context: string; hint?: string | undefined }) => ({
    message: `Cannot find ${quote(p.context)} in an expression: ${allowed(p.allowed)}`,
    ...(p.hint === undefined ? didYouMean(p.nearest) : { hint: p.hint }),
  }),
  'unknown-function': (p: Names & { function: string; hint?: string | undefined }) => ({
    message: `Cannot call ${quote(p.function)}: ${allowed(p.allowed)}`,
    ...(p.hint === undefined ? didYouMean(p.nearest) : { hint: p.hint }),
  }),
  'argument-count': (p: { function: string; least: number; most: number }) => ({
    message: `Cannot call ${quote(p.function)} with this number of arguments: it takes ${arguments_(p.least, p.most)}`,
  }),
  'argument-type': (p: {
    function: string;
    argument: number;
    actual: string;
    wanted: readonly string[];
    hint?: string | undefined;
  }) => ({
    message: `Cannot use ${p.actual} as argument ${p.argument} of ${quote(p.function)}: it takes ${p.wanted.join(' or ')}`,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  'no-matrix': (p: { of: 'pipeline' | 'finally' | 'once' }) => ({
    message: {
      pipeline: 'Cannot read `matrix`: the pipeline declares no matrix',
      finally: 'Cannot read `matrix` under `finally`: its steps run once, for all combinations together',
      once: 'Cannot read `matrix` in a step with `once`: it runs once, for all combinations together',
    }[p.of],
  }),
  'unknown-matrix-value': (p: Names & { name: string }) => ({
    message: `Cannot find ${quote(p.name)} in the matrix: ${allowed(p.allowed)}`,
    ...didYouMean(p.nearest),
  }),
  'status-too-early': () => ({
    message: 'Cannot read `run.status` here: the run has a status when its steps have ended',
    hint: 'Read it in a step under `finally`',
  }),
  'unknown-property': (p: Names & { of: string; property: string }) => ({
    message: `Cannot find ${quote(p.property)} in ${quote(p.of)}: ${allowed(p.allowed)}`,
    ...didYouMean(p.nearest),
  }),
  'property-of-value': (p: { property: string; type: string }) => ({
    message: `Cannot read ${quote(p.property)} of ${p.type}: it has no properties`,
  }),
  'incomplete-step-reference': () => ({
    message:
      'Cannot tell which output is meant: an expression names the step and the output, `steps.<id>.outputs.<name>`',
  }),
  'unknown-output': (p: Names & { step: string; uses: string; output: string }) => ({
    message: `Cannot find the output ${quote(p.output)} of the step ${quote(p.step)}: ${quote(p.uses)} has ${names(p.allowed)}`,
    ...didYouMean(p.nearest),
  }),
  'output-not-present': (p: { step: string; output: string; key: string }) => ({
    message: `Cannot read the output ${quote(p.output)} of the step ${quote(p.step)}: it exists only when the step has ${quote(p.key)} under \`with\``,
  }),
  'type-mismatch': (p: { left: string; operator: string; right: string; hint?: string | undefined }) => ({
    message: `Cannot compare ${p.left} with ${p.right}: \`${p.operator}\` takes two values of the same type`,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
  'condition-type': (p: { actual: string; hint: string; key?: string }) => ({
    message: `Cannot take ${p.actual} as a condition: ${quote(p.key ?? 'if')} takes an expression that is true or false`,
    hint: p.hint,
  }),
  'value-type': (p: { key: string; expected: string; actual: string; hint?: string | undefined }) => ({
    message: `Cannot use ${p.actual} for ${quote(p.key)}: it takes ${p.expected}`,
    ...(p.hint === undefined ? {} : { hint: p.hint }),
  }),
} as const;

const neededBefore: Readonly<Record<string, string>> = {
  locale: '`matrix`',
  resource: '`matrix`, `inputs` and `env`',
};

/** A code of the catalogue: a word that stays the same when the text of the message changes. */
export type DiagnosticCode = keyof typeof catalogue;

/** What the message of a code is made from. */
export type DiagnosticParameters<Code extends DiagnosticCode> =
  Parameters<(typeof catalogue)[Code]> extends [infer Needed] ? Needed : Readonly<Record<string, never>>;

interface Names {
  readonly allowed: readonly string[];
  readonly nearest?: string | undefined;
}

/** How much is said in a test set. */
interface SetSize {
  readonly words: number;
  readonly utterances: number;
}

interface MissingFile {
  readonly file: string;
  /** Where it was looked for, from the folder in which the command runs. */
  readonly looked: string;
  readonly nearest?: string | undefined;
  /** What the folder has. */
  readonly there?: { readonly folder: string; readonly names: readonly string[] } | undefined;
}

function whereItIsNot({ file, looked }: MissingFile): string {
  const relative = "paths are relative to the pipeline's file";
  return looked === file ? relative : `${relative}, and there is no ${quote(looked)}`;
}

function whatIsThere({ nearest, there }: MissingFile): { hint?: string } {
  if (nearest !== undefined || there === undefined) return didYouMean(nearest);
  return { hint: `${quote(there.folder)} has ${names(there.names)}` };
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function names(list: readonly string[]): string {
  const shown = list.slice(0, 16).map(quote).join(', ');
  return list.length > 16 ? `${shown} and ${list.length - 16} more` : shown;
}

function entries(keys: readonly string[]): string {
  const shown = keys.map((key) => `\`${key}:\``);
  return [shown.slice(0, -1).join(', '), ...shown.slice(-1)].filter((part) => part !== '').join(' and ');
}

function allowed(list: readonly string[]): string {
  return list.length === 1 ? `only ${names(list)} is allowed` : `allowed are ${names(list)}`;
}

function declared(list: readonly string[], what: string): string {
  return list.length === 0 ? `the pipeline declares no ${what}s` : `the pipeline declares ${names(list)}`;
}

function didYouMean(name: string | undefined): { hint?: string } {
  return name === undefined ? {} : { hint: `Did you mean ${quote(name)}?` };
}

function example(type: string): string {
  const examples: Readonly<Record<string, string>> = { rate: '15%', duration: '30m', number: '3', boolean: 'true' };
  return examples[type] ?? 'text';
}

function arguments_(least: number, most: number): string {
  if (least === most) return `${least}`;
  return most > 200 ? `at least ${least}` : `${least} to ${most}`;
}
