/** `patchbay login URL` and `patchbay logout`. */
import { connect } from '@patchbay/client';
import type { Command } from 'commander';
import { UsageError } from '../exit.ts';
import { print } from '../output.ts';
import { askPassword, givenPassword } from '../password.ts';
import { defaultUser, forgetSession, keepSession, keptSession } from '../session.ts';

interface LoginOptions {
  user: string;
  passwordFile?: string;
  plainHttp?: boolean;
}

export function login(program: Command): void {
  program
    .command('login')
    .argument('<url>', 'of the engine, https://engine.example.com')
    .description('sign in, for all commands that follow')
    .option('--user <name>', 'who signs in', process.env['PATCHBAY_USER'] || defaultUser)
    .option('--password-file <file>', 'holds the password; only its owner may read it')
    .option('--plain-http', 'send the password to another machine unencrypted')
    .addHelpText('after', '\nWithout a file, the password is PATCHBAY_PASSWORD, or it is asked for.')
    .action(async (given: string, { user, passwordFile, plainHttp }: LoginOptions) => {
      const url = addressOf(given, plainHttp ?? false);
      const password = givenPassword(passwordFile) ?? (await askPassword(`Password of ${user} at ${url.host}: `));
      const api = connect({ url, user, password });
      const token = await api.signIn();
      const { product_info: product } = await api.get();
      const file = keepSession({ url: api.url, user, token });
      print(
        `Signed in as ${user} at ${api.url} (${product?.name} ${product?.version?.full_version}); kept in ${file}.`,
      );
    });
  program
    .command('logout')
    .description('take the token back and forget it')
    .action(async () => {
      const kept = keptSession();
      if (kept === null) return print('Nobody is signed in.');
      forgetSession();
      await connect(kept).signOut();
      print(`Signed out of ${kept.url}.`);
    });
}

/** @throws UsageError for what is no address, and for one where others can read the password on its way */
function addressOf(given: string, plainHttp: boolean): URL {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${given} is not the address of an engine: https://engine.example.com is one.`);
  }
  if (url.username !== '' || url.password !== '')
    throw new UsageError('User and password do not belong into the address.');
  const here = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !here && !plainHttp) {
    throw new UsageError(`${url.host} would be sent the password unencrypted: use https, or say --plain-http.`);
  }
  return url;
}
