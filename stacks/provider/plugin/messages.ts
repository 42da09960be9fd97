/**
 * The messages of Terraform's plugin protocol 6 as the gRPC library gives and takes them, as far as this provider reads
 * and writes them. Names and numbers of the fields are in protocol.ts.
 */
export interface DynamicValue {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

export type PathStepMessage =
  | { readonly attributeName: string }
  | { readonly elementKeyString: string }
  | { readonly elementKeyInt: number };

export interface PathMessage {
  readonly steps: readonly PathStepMessage[];
}

export interface DiagnosticMessage {
  /** 1 is an error, 2 a warning. */
  readonly severity: 1 | 2;
  readonly summary: string;
  readonly detail: string;
  readonly attribute?: PathMessage;
}

export interface DiagnosticsMessage {
  readonly diagnostics: readonly DiagnosticMessage[];
}

interface Deferrable {
  readonly clientCapabilities?: { readonly deferralAllowed?: boolean } | null;
}

/** Why an answer has to wait. 2 is: the provider's own configuration is not known yet. */
interface DeferredMessage {
  readonly reason: 2;
}

export interface ConfigRequest {
  readonly config: DynamicValue;
}

export interface TypedConfigRequest extends ConfigRequest {
  readonly typeName: string;
}

export interface UpgradeStateRequest {
  readonly typeName: string;
  readonly version: number;
  readonly rawState: { readonly json?: Uint8Array };
}

export interface UpgradeStateResponse extends DiagnosticsMessage {
  readonly upgradedState?: DynamicValue;
}

export interface ReadRequest extends Deferrable {
  readonly typeName: string;
  readonly currentState: DynamicValue;
  readonly private?: Uint8Array;
}

export interface ReadResponse extends DiagnosticsMessage {
  readonly newState?: DynamicValue;
  readonly private?: Uint8Array;
  readonly deferred?: DeferredMessage;
}

export interface PlanRequest extends Deferrable {
  readonly typeName: string;
  readonly priorState: DynamicValue;
  readonly proposedNewState: DynamicValue;
  readonly config: DynamicValue;
  readonly priorPrivate?: Uint8Array;
}

export interface PlanResponse extends DiagnosticsMessage {
  readonly plannedState?: DynamicValue;
  readonly requiresReplace?: readonly PathMessage[];
  readonly plannedPrivate?: Uint8Array;
}

export interface ApplyRequest {
  readonly typeName: string;
  readonly priorState: DynamicValue;
  readonly plannedState: DynamicValue;
  readonly config: DynamicValue;
  readonly plannedPrivate?: Uint8Array;
}

export interface ApplyResponse extends DiagnosticsMessage {
  readonly newState?: DynamicValue;
  readonly private?: Uint8Array;
}

export interface ImportRequest {
  readonly typeName: string;
  readonly id: string;
}

export interface ImportResponse extends DiagnosticsMessage {
  readonly importedResources?: readonly {
    readonly typeName: string;
    readonly state: DynamicValue;
    readonly private?: Uint8Array;
  }[];
}

export interface ReadDataRequest extends Deferrable {
  readonly typeName: string;
  readonly config: DynamicValue;
}

export interface ReadDataResponse extends DiagnosticsMessage {
  readonly state?: DynamicValue;
  readonly deferred?: DeferredMessage;
}
