import type { Command } from 'commander';
import { addVariableOptions, type VariableOptions } from './_variables.ts';

export interface PipelineOptions extends VariableOptions {
  readonly emulator?: boolean;
  readonly input?: readonly string[];
}

/** Adds the arguments that every command about a pipeline takes. */
export function addPipelineOptions(command: Command): Command {
  command
    .argument('<file>', 'the pipeline, a YAML file')
    .option('--emulator', 'use the embedded emulator, which keeps its data under .speechops/emulator')
    .option('--input <name=value>', 'value of an input of the pipeline, repeatable', collect);
  return addVariableOptions(command, 'with the name of a credential that the pipeline may read all the same');
}

function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}
