/** `script/test sweep all` kills at every point; otherwise it is a part that is the same each time and has something of every state. */
export const whole = process.env['PATCHBAY_SWEEP'] === 'all';
