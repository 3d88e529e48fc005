/** The order in which people are shown: whoever was there keeps their place, who comes is put last. */
export function orderAfter(order: readonly string[], present: readonly string[]): readonly string[] {
  const kept = order.filter((one) => present.includes(one));
  const added = present.filter((one) => !order.includes(one));
  return added.length === 0 && kept.length === order.length ? order : [...kept, ...added];
}

/** The two change places, and nobody else moves. */
export function exchanged(order: readonly string[], one: string, other: string): readonly string[] {
  return order.map((id) => (id === one ? other : id === other ? one : id));
}

/**
 * Who is missed least when somebody else needs a place: whoever has not spoken for longest, and of those who never
 * spoke the last one.
 * @param spoken everybody who has had the floor, the latest first
 */
export function longestSilent(visible: readonly string[], spoken: readonly string[]): string | undefined {
  const never = visible.findLast((id) => !spoken.includes(id));
  return never ?? visible.toSorted((a, b) => spoken.indexOf(b) - spoken.indexOf(a))[0];
}
