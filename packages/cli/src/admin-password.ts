/** The administrator's password: from the environment, else as kept in the data directory, else a new one. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AdminPassword {
  password: string;
  /** Where it is kept when it was made just now, so that it can be said once. */
  madeIn: string | null;
}

export function adminPassword(data: string): AdminPassword {
  const given = process.env['PATCHBAY_ADMIN_PASSWORD'];
  if (given !== undefined && given !== '') return { password: given, madeIn: null };
  const file = join(data, 'admin-password');
  if (existsSync(file)) return { password: readFileSync(file, 'utf8').trim(), madeIn: null };
  const password = randomBytes(12).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return { password, madeIn: file };
}
