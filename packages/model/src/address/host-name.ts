/**
 * Whether a text is a host name as DNS has it: labels of 1 to 63 letters, digits, `-` and `_`, joined by dots, 253 characters
 * at the most. What ends in a number is read as an IPv4 address everywhere, and so is no name.
 */
export function isHostName(text: string): boolean {
  const labels = text.split('.');
  return text.length <= 253 && labels.every((one) => label.test(one)) && !/^\d+$/.test(labels.at(-1) ?? '');
}

const label = /^(?=.{1,63}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i;
