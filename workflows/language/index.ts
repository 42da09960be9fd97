/** `speechops/language`: pipelines read and checked, with diagnostics that say where and what to do. */
export type { Diagnostic, DiagnosticCounts } from '../document/diagnostics/diagnostics.ts';
export { formatDiagnostics } from '../document/diagnostics/format-diagnostics.ts';
export { type LoadedPipeline, loadPipeline, type LoadOptions } from './load-pipeline.ts';
export type { Pipeline, PipelineStep } from './pipeline.ts';
