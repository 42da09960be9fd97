import * as azurerm from '@cdktf/provider-azurerm';

/** Loaded before the app: has every class of the provider loaded, as an import from the root of the package does. */
if (Object.keys(azurerm).length === 0) throw new Error('Cannot compare imports: the provider exports nothing');
