import type { StepKind } from '../engine/step-kind.ts';
import { approve } from './approve.ts';
import { copy } from './copy/index.ts';
import { evaluate } from './evaluate/index.ts';
import { notify } from './notify.ts';
import { prune } from './prune/index.ts';
import { swap as swapAlone } from './swap/index.ts';
import { releasing } from './swap/release.ts';
import { train } from './train.ts';
import { upload } from './upload/index.ts';

const swap = releasing(swapAlone);

/** Every step kind, by the name that `uses` takes. */
export const stepKinds: Readonly<Record<string, StepKind>> = {
  upload,
  evaluate,
  train,
  swap,
  approve,
  copy,
  notify,
  prune,
};
