/** What is printed once everything serves: where to go, and on the very first run the password. */
export function banner(
  addresses: readonly string[],
  {
    adminPassword,
    anyoneMay,
    selfSigned,
  }: {
    adminPassword: string | undefined;
    selfSigned: boolean;
    /** What anyone may do who reaches the server. */
    anyoneMay: readonly string[];
  },
): string {
  const [first = '', ...others] = addresses;
  const lines = [
    '',
    `  Verbatim is ready:  ${first}`,
    ...others.map((address) => `                      ${address}`),
  ];
  if (selfSigned) lines.push('', '  The certificate was made here: browsers warn of it once.');
  if (anyoneMay.length > 0) lines.push('', `  Anyone who reaches it may ${anyoneMay.join(' and ')}.`);
  if (adminPassword !== undefined) {
    lines.push(
      '',
      `  Admin password:     ${adminPassword}`,
      '  It is shown this once. The archive is at /admin.',
    );
  }
  return `${lines.join('\n')}\n\n`;
}
