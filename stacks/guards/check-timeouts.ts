import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** How long Terraform waits for Azure, such as `30m`. */
export interface Timeouts {
  /** @default the azurerm provider's own limit */
  readonly create?: string;
  /** @default the azurerm provider's own limit */
  readonly read?: string;
  /** @default the azurerm provider's own limit */
  readonly update?: string;
  /** @default the azurerm provider's own limit */
  readonly delete?: string;
}

/** Finds durations that Terraform does not read. */
export function checkTimeouts(timeouts: Timeouts | undefined, path: PropertyPath): readonly Fault[] {
  return Object.entries(timeouts ?? {}).flatMap(([name, value]: readonly [string, string]) =>
    !isLiteral(value) || /^(?=\d)(\d+h)?(\d+m)?(\d+s)?$/.test(value)
      ? []
      : [fault('timeout', { path: [...path, name], value })],
  );
}
