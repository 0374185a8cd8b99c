/** An order without order. Linux deletes many routes three times faster so than in the order of their prefixes. */

/** Puts the items into a random order, in place. @param random at least 0, less than 1 */
export function shuffle<Item>(items: Item[], random: () => number): Item[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [items[at], items[other]] = [items[other] as Item, items[at] as Item];
  }
  return items;
}
