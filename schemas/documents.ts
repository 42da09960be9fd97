import approvalsSchema from './approvals.schema.json' with { type: 'json' };
import dataSchema from './data.schema.json' with { type: 'json' };
import driftSchema from './drift.schema.json' with { type: 'json' };
import environmentSchema from './environment.schema.json' with { type: 'json' };
import lifecycleSchema from './lifecycle.schema.json' with { type: 'json' };
import lockSchema from './lock.schema.json' with { type: 'json' };
import planSchema from './plan.schema.json' with { type: 'json' };
import policiesSchema from './policies.schema.json' with { type: 'json' };
import pricesSchema from './prices.schema.json' with { type: 'json' };
import releaseSchema from './release.schema.json' with { type: 'json' };
import resultsSchema from './results.schema.json' with { type: 'json' };
import rulesSchema from './rules.schema.json' with { type: 'json' };
import runSchema from './run.schema.json' with { type: 'json' };
import settingsSchema from './settings.schema.json' with { type: 'json' };

/**
 * The schemas of the other documents: answers to plans, what is known of data, which datasets have them, what `drift` and `lifecycle` print, `environment.yaml`, plans, policies, prices, releases,
 * `results.json`, rules, `run.json` and settings. Apart from those of pipelines, because most commands read none of them.
 */
export {
  approvalsSchema,
  dataSchema,
  driftSchema,
  environmentSchema,
  lifecycleSchema,
  lockSchema,
  planSchema,
  policiesSchema,
  pricesSchema,
  releaseSchema,
  resultsSchema,
  rulesSchema,
  runSchema,
  settingsSchema,
};
