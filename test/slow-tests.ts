/**
 * The tests that start the program, databases, Terraform or whole fleets, by globs. `npm run test:fast` leaves these out, and
 * nothing else does: every other test is a fast one.
 */
export const slowTests = [
  'test/{bench,browser,cases,crash,examples,fleet,fuzz}/**/*.test.ts',
  'test/{new-kind,package,pipeline-page,readme,start}.test.ts',
  'test/mutants/*.test.ts',
  // Terraform, or a build of the provider.
  'test/stacks/**/{cdktn,constructs,end-to-end,entity-resource,expiry-alert,main,provider-service,reference,run-cdktf,serve-plugin,synthesise-varied,terraform-*,whole-stack}.test.ts',
  // The program in processes of its own, a terminal or a disk.
  'test/workflows/cli/**/{approved-plan,blank-run-id,broken-store,changed-pipeline,connection,drift,durable-run,evaluated-parts,full-disk,git-revert,lost-readers,mails-of-resume,memory-deaths,plan-and-run,plan-evidence,portal-runs,pull-request,reset,rollback,run,run-evidence,run-faults,run-swaps,saved-plan,secret-variables,several-places,started-runs,stored-upload,told-secrets,unusable-store,waiting-run}.test.ts',
  // Azure Storage's emulator.
  'test/workflows/azure/dataset-storage.test.ts',
  // Microsoft's sample data, from the internet.
  'test/workflows/data/check/sample-data.test.ts',
  // A store for runs.
  'test/workflows/**/{durable-engine,exclusive-lock,journal,run-log,run-trace,store-before,store-snapshot,tables}.test.ts',
];
