/**
 * How an endpoint looks while it is given another model, whose previous model serves meanwhile. Microsoft's documents show all of
 * them: `Running` with the previous model, `Running` with the wanted one, and `Succeeded` with the wanted one at once (Microsoft
 * Learn: deploy a custom speech model).
 */
export const redeployments = ['shown-previous', 'shown-wanted', 'at-once'] as const;

export type Redeployment = (typeof redeployments)[number];

/** The way of redeployment that a value names; throws an Error that says what is allowed. */
export function readRedeployment(value: unknown): Redeployment {
  const found = redeployments.find((known) => known === value);
  if (found !== undefined) return found;
  throw new Error(`redeployment must be one of ${redeployments.join(', ')}`);
}

/** The model that an endpoint names, which need not be the one that answers there. */
export function namedModel<M>({ wanted, redeployment, named, model }: Models<M>): M {
  const isAhead = wanted !== undefined && redeployment !== undefined && redeployment !== 'shown-previous';
  return isAhead ? wanted : (named ?? model);
}

/** The models of an endpoint. */
interface Models<M> {
  readonly model: M;
  readonly wanted?: M | undefined;
  readonly redeployment?: Redeployment | undefined;
  readonly named?: M | undefined;
}
