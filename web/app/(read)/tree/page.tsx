import type { Metadata } from 'next';
import { readChoice, readGraph } from '../../../lib/chain/queries.ts';
import { paramsOf, parseTreeLink, questionOf } from '../../../lib/treeLink.ts';
import { TreeScreen } from './TreeScreen.tsx';

export const metadata: Metadata = { title: 'Tree' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const link = parseTreeLink('/tree', paramsOf(await searchParams));
  const choice = await readChoice(link.benchmark);
  if ('missing' in choice) return null;
  const graph = await readGraph(questionOf(link, choice.benchmark?.id));
  if ('missing' in graph) return null;
  return <TreeScreen initial={graph} choice={choice} link={link} />;
}
