// Which files papers about a model are.
import { badgeOf } from './badge.ts';
import { claimsOf, formatClaims } from './claims.ts';
import { croissantOf } from './croissant.ts';
import { cycloneDxOf } from './cycloneDx.ts';
import { modelCardOf } from './modelCard.ts';
import type { PaperFacts } from './paperFacts.ts';
import { spdxOf } from './spdx.ts';

/** The files of a folder, by name. */
export function papersOf(facts: PaperFacts): Map<string, string> {
  return new Map([
    ['README.md', modelCardOf(facts)],
    ['claims.jsonl', formatClaims(claimsOf(facts.lineage, facts.weights))],
    ['bom.cdx.json', formatJson(cycloneDxOf(facts))],
    ['model.spdx.json', formatJson(spdxOf(facts))],
    ...croissants(facts),
    ['badge.svg', `${badgeOf(facts.lineage)}\n`],
  ]);
}

/** One file for each dataset that says where its rows are; where there is only one, under the name that programs look for. */
function croissants(facts: PaperFacts): [string, string][] {
  const published = (facts.data ?? []).filter((data) => data.published !== undefined);
  return published.map((data) => [
    published.length === 1 ? 'croissant.json' : `croissant-${data.id.slice(2, 18)}.json`,
    formatJson(croissantOf(facts, data)),
  ]);
}

function formatJson(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
