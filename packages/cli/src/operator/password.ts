/** The password: from the environment, from a file of its owner, or typed. Never an argument, which everybody on the machine sees. */
import { UsageError } from './exit.ts';
import { readSecret } from './secret-file.ts';

/** @param file instead of the one that the environment names @returns null when none is given */
export function givenPassword(file = process.env['PATCHBAY_PASSWORD_FILE'] || null): string | null {
  if (file === null) return process.env['PATCHBAY_PASSWORD'] || null;
  const text = readSecret(file);
  if (text === null) throw new UsageError(`There is no file ${file} with a password.`);
  return text.replace(/\r?\n$/, '');
}

/** Asks on the terminal, without showing what is typed. @throws UsageError when there is no terminal */
export function askPassword(question: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    throw new UsageError(
      'There is no terminal to ask for the password: set PATCHBAY_PASSWORD or PATCHBAY_PASSWORD_FILE.',
    );
  }
  // Before the question: who answers at once must not be shown either.
  stdin.setRawMode(true);
  stderr.write(question);
  stdin.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = () => {
      stdin.off('data', read);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const read = (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') {
          end();
          resolve(typed);
          return;
        }
        if (character === '\u0003' || character === '\u0004') {
          end();
          reject(new UsageError('No password was given.'));
          return;
        }
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character;
      }
    };
    stdin.on('data', read);
    stdin.resume();
  });
}
