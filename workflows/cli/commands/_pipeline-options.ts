import type { Command } from 'commander';

export interface PipelineOptions {
  readonly emulator?: boolean;
  readonly input?: readonly string[];
}

/** Adds the arguments that every command about a pipeline takes. */
export function addPipelineOptions(command: Command): Command {
  return command
    .argument('<file>', 'the pipeline, a YAML file')
    .option('--emulator', 'use the embedded emulator, which keeps its data under .speechops/emulator')
    .option('--input <name=value>', 'value of an input of the pipeline, repeatable', collect);
}

function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}
