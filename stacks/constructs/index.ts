/** `speechops/constructs`: Azure Speech for CDKTF, and what the Terraform provider `customspeech` makes inside an account. */
export { BudgetAlert, type BudgetAlertProps } from './budget-alert.ts';
export { ByosStorage, type ByosStorageProps } from './byos-storage.ts';
export { CustomSpeech, type CustomSpeechProps } from './custom-speech.ts';
export { CustomerManagedKey, type CustomerManagedKeyProps } from './customer-managed-key.ts';
export { DatasetStorage, type DatasetStorageProps } from './dataset-storage.ts';
export { DeleteLock, type DeleteLockProps } from './delete-lock.ts';
export { DeployIdentity, type DeployIdentityProps } from './deploy-identity.ts';
export { DiagnosticSetting, type DiagnosticSettingProps } from './diagnostic-setting.ts';
export { Foundation, type FoundationProps } from './foundation.ts';
export { Monitoring, type MonitoringProps } from './monitoring.ts';
export { PrivateAccess, type PrivateAccessProps, type PrivateTarget } from './private-access.ts';
export { PrivateDns, type PrivateDnsProps } from './private-dns.ts';
export { RoleGrant, type RoleGrantProps } from './role-grant.ts';
export { ExistingAccount, type ExistingAccountProps } from './existing-account.ts';
export { SpeechAccount, type SpeechAccountProps } from './speech-account.ts';
export { blobHost, managedHsmHost, type SpeechHosts, speechHosts, vaultHost } from './speech-hosts.ts';
export {
  CustomspeechBaseModel,
  type CustomspeechBaseModelProps,
} from '../provider/constructs/customspeech-base-model.ts';
export { CustomspeechDataset, type CustomspeechDatasetProps } from '../provider/constructs/customspeech-dataset.ts';
export { CustomspeechEndpoint, type CustomspeechEndpointProps } from '../provider/constructs/customspeech-endpoint.ts';
export {
  CustomspeechEndpoints,
  type CustomspeechEndpointsProps,
} from '../provider/constructs/customspeech-endpoints.ts';
export { CustomspeechModel, type CustomspeechModelProps } from '../provider/constructs/customspeech-model.ts';
export { CustomspeechModels, type CustomspeechModelsProps } from '../provider/constructs/customspeech-models.ts';
export { CustomspeechProject, type CustomspeechProjectProps } from '../provider/constructs/customspeech-project.ts';
export { CustomspeechProvider, type CustomspeechProviderProps } from '../provider/constructs/customspeech-provider.ts';
