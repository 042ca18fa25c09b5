// A catalog whose labs can be replaced while they are in use: whoever holds a lab sees its newest version.
import type { Catalog, Lab } from '../../../labs/lab.ts';

export type LiveCatalog = { readonly catalog: Catalog; replace(next: Catalog): Replaced };

/** Labs whose pages are out of date, and those among them whose machines are: what made them was changed. */
export type Replaced = { readonly changed: readonly Lab[]; readonly remade: readonly Lab[] };

export function liveCatalog(first: Catalog): LiveCatalog {
  let present = first;
  const shown = new Map<string, Lab>();
  /** One object a lab for ever, each key of which reads the present version (a removed lab stays as it was). */
  const live = (id: string, known: Lab): Lab => {
    const there = shown.get(id);
    if (there !== undefined) return there;
    let last = known;
    const made = new Proxy<Lab>(known, {
      get: (_, key): unknown => {
        last = present.labs.find((lab) => lab.id === id) ?? last;
        const value: unknown = Reflect.get(last, key);
        return value;
      },
    });
    shown.set(id, made);
    return made;
  };
  const catalog: Catalog = {
    get title() {
      return present.title;
    },
    get parts() {
      return present.parts.map((part) => ({
        ...part,
        labs: part.labs.map((station) => ({ ...station, lab: station.lab && live(station.id, station.lab) })),
      }));
    },
    get labs() {
      return present.labs.map((lab) => live(lab.id, lab));
    },
    get glossary() {
      return present.glossary;
    },
  };
  return {
    catalog,
    replace(next) {
      const before = new Map(present.labs.map((lab) => [lab.id, lab]));
      const changed = next.labs.filter((lab) => before.get(lab.id)?.hash !== lab.hash);
      const remade = changed.filter((lab) => makingOf(before.get(lab.id)) !== makingOf(lab));
      present = next;
      const known = (lab: Lab): Lab => live(lab.id, lab);
      return { changed: changed.map(known), remade: remade.map(known) };
    },
  };
}

/** What a machine was made with: its template, its set-up, its variables, and which tasks its progress is about. */
function makingOf(lab: Lab | undefined): string {
  if (lab === undefined) return '';
  const { bake, setup, variables, tasks } = lab;
  const files = setup?.files.map(({ path, mode, contents }) => [path, mode, Buffer.from(contents).toString('base64')]);
  return JSON.stringify([
    bake?.hash,
    setup?.script,
    setup?.variablesFile,
    files,
    variables,
    tasks.map(({ id, kind }) => [id, kind]),
  ]);
}
