import type { Drawing } from './drawing.ts';

/** Where an arrow key leads: up and down along edges, left and right within a layer. */
export function neighbourOf({ items, links }: Drawing, from: string | undefined, key: string): string | undefined {
  if (!key.startsWith('Arrow') || items.length === 0) return undefined;
  const here = items.find(({ id }) => id === from);
  if (!here) return items.reduce((a, b) => (b.layer < a.layer || (b.layer === a.layer && b.x < a.x) ? b : a)).id;
  const nearest = (ids: string[]) =>
    items.filter(({ id }) => ids.includes(id)).sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x))[0]?.id;
  if (key === 'ArrowUp') return nearest(links.filter(({ to }) => to === here.id).map((link) => link.from));
  if (key === 'ArrowDown') return nearest(links.filter((link) => link.from === here.id).map(({ to }) => to));
  const side = key === 'ArrowLeft' ? -1 : 1;
  return nearest(items.filter(({ layer, x }) => layer === here.layer && side * (x - here.x) > 0).map(({ id }) => id));
}
