/** Regions with the Speech service and hardware for training (Microsoft Learn: "Speech service supported regions", November 2025). */
export const trainingRegions: readonly string[] = (
  'australiaeast canadacentral centralindia eastasia eastus eastus2 francecentral japaneast koreacentral northeurope ' +
  'southcentralus southeastasia switzerlandnorth uksouth westeurope westus westus2 westus3'
).split(' ');

/** Whether a region has none of it, as far as is known: Microsoft lists none of the clouds apart. */
export function lacksTrainingHardware(region: string): boolean {
  return !trainingRegions.includes(region) && !/^(usgov|usdod|china)/.test(region);
}
