import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ObjectValue, textOf } from '../../../stacks/provider/schema/value.ts';

/**
 * The keys of one's own of accounts, by account id. Azure shows a key on the account although it is set by another resource;
 * between two runs of Terraform they are in a file of the folder that it runs in.
 */
export interface KeptKeys {
  /** Keeps the key of an account, which has the key's id; undefined takes it away. */
  set(accountId: string, key: ObjectValue | undefined): void;
  /** The account as Azure shows it. */
  shownOn(account: ObjectValue): ObjectValue;
}

/** The keys in a folder. */
export function keptKeys(folder: string): KeptKeys {
  const file = path.join(folder, 'azurerm-keys.json');
  const read = (): Record<string, ObjectValue> =>
    existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, ObjectValue>) : {};
  return {
    set(accountId, key) {
      const { [accountId]: _, ...others } = read();
      writeFileSync(file, JSON.stringify({ ...others, ...(key === undefined ? {} : { [accountId]: key }) }));
    },
    shownOn(account) {
      const key = read()[textOf(account, 'id') ?? ''];
      return key === undefined ? account : { ...account, customer_managed_key: [key] };
    },
  };
}
