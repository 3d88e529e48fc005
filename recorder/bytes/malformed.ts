/** Input that breaks its format. The only thing that a parser may throw. */
export class Malformed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Malformed';
  }
}
