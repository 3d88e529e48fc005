import { Fault } from '#protocol/errors.ts';
import type { Policy } from '#service/who-may.ts';
import type { Passwords } from './passwords.ts';
import type { AccessRole } from './table.ts';

export interface Maker {
  roles: ReadonlySet<AccessRole>;
  address: string;
  key: string | undefined;
}

/** Who may make meetings. @throws Fault `create-admin-only`, `create-key-needed`, `create-key-wrong`, `rate-limited` */
export function checkMaker(policy: Policy, passwords: Passwords, { address, key, roles }: Maker): void {
  if (policy.who === 'anyone' || roles.has('admin')) return;
  if (policy.who === 'admin') throw new Fault('create-admin-only');
  if (key === undefined) throw new Fault('create-key-needed');
  if (!passwords.verifyKey('create-key', key, policy.key, address)) throw new Fault('create-key-wrong');
}
