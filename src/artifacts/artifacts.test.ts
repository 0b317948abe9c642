import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BlobHash } from "../protocol/media.ts";
import { adoptArtifacts, adoptedStamp, readForeign } from "./adopt-artifacts.ts";
import { ArtifactDatabase } from "./artifact-database.ts";
import { findVersion, listArtifactNames, listArtifacts } from "./artifact-version.ts";
import { detachRun, renameRunInLinks } from "./change-run.ts";
import { readLineage } from "./lineage.ts";
import { type LoggedVersion, logVersion, type NewVersion } from "./log-version.ts";
import { readManifest } from "./manifest.ts";
import {
  addLink,
  countRunArtifacts,
  listConsumers,
  listLinkedRuns,
  readRunArtifacts,
} from "./run-links.ts";
import { usedByArtifacts } from "./used-by-artifacts.ts";

const PROJECT = "p";
const TRAIN = { id: "r1", name: "train" };
const EVALUATE = { id: "r2", name: "evaluate" };
const RUNS = [TRAIN, EVALUATE];

let folder: string;
let db: ArtifactDatabase;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trackio-artifacts-"));
  db = ArtifactDatabase.open(join(folder, `${PROJECT}.db`));
  now = Date.parse("2026-01-01T00:00:00Z");
});

afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

function later(): number {
  now += 1000;
  return now;
}

const digestOf = (content: number) => content.toString(16).padStart(64, "0") as BlobHash;

function log(content: number, options: Partial<NewVersion> = {}): LoggedVersion {
  const manifest = readManifest([{ path: "weights.bin", digest: digestOf(content), size: 3 }]);
  const given: NewVersion = {
    ...{ name: "model", type: "model", description: null, metadata: null, manifest },
    ...{ aliases: [], run: TRAIN, overwrite: false },
    ...options,
  };
  return logVersion(db, given, later());
}

const use = (version: number, run: { id: string | null; name: string | null } = EVALUATE) =>
  addLink(db, { run, version, direction: "input", now: new Date(later()).toISOString() });

describe("versions", () => {
  test("the same content is the same version, other content the next one, and latest goes with it", () => {
    expect(log(1).version).toMatchObject({ version: 0, aliases: ["latest"], size_bytes: 3 });
    expect(log(2).version).toMatchObject({ version: 1, aliases: ["latest"] });
    const again = log(1, { metadata: '{"acc":1}' }).version;
    expect(again).toMatchObject({ version: 0, aliases: [], metadata: '{"acc":1}' });
    expect(findVersion(db, "model", null)?.version).toBe(1);
    expect(findVersion(db, "model", "v0")?.version_id).toBe(again.version_id);
    expect(findVersion(db, "model", "v7")).toBeUndefined();
  });

  test("an alias goes forward and never back", () => {
    log(1, { aliases: ["best"] });
    log(2, { aliases: ["best", "prod"] });
    log(1, { aliases: ["best", "first"] });
    expect(findVersion(db, "model", "best")?.version).toBe(1);
    expect(findVersion(db, "model", "first")?.version).toBe(0);
    expect(listArtifactNames(db)[0]).toMatchObject({
      num_versions: 2,
      latest_version: 1,
      aliases: ["best", "first", "latest", "prod"],
    });
  });

  test("an artifact keeps its type, and its description until it is given another", () => {
    log(1, { description: "small" });
    expect(log(2).version.description).toBe("small");
    expect(() => log(3, { type: "dataset" })).toThrow(
      "Artifact 'model' already exists with type 'model'; cannot relog with type 'dataset'.",
    );
    expect(listArtifacts(db)[0]?.versions.map(({ version }) => version)).toEqual([1, 0]);
  });

  test("overwriting leaves one new version, without links and with the blobs that went", () => {
    use(log(1, { aliases: ["best"] }).version.version_id);
    log(2);
    log(1, { name: "other" });
    const { version, freed } = log(2, { overwrite: true });
    expect(version).toMatchObject({ version: 2, aliases: ["latest"] });
    expect(freed).toEqual([]);
    expect(log(3, { overwrite: true })).toMatchObject({
      version: { version: 3 },
      freed: [digestOf(2)],
    });
    expect(findVersion(db, "model", "best")).toBeUndefined();
    expect(readRunArtifacts(db, PROJECT, EVALUATE, EVALUATE.id, RUNS).input).toEqual([]);
  });

  test("a change that fails leaves nothing behind", () => {
    log(1);
    expect(() => log(2, { type: "dataset", aliases: ["x"] })).toThrow();
    expect(listArtifacts(db)[0]?.num_versions).toBe(1);
  });

  test("two that write at once get numbers of their own", () => {
    const other = ArtifactDatabase.open(join(folder, `${PROJECT}.db`));
    try {
      log(1);
      const first = db;
      db = other;
      expect(log(2).version.version).toBe(1);
      db = first;
      expect(log(3).version.version).toBe(2);
    } finally {
      other.close();
    }
  });
});

describe("manifests", () => {
  test("the digest is of the content, in whatever order it comes", () => {
    const path = fc.stringMatching(/^[a-z]{1,8}$/);
    const entries = fc.uniqueArray(fc.record({ path, size: fc.nat(), content: fc.nat() }), {
      minLength: 1,
      selector: (entry) => entry.path,
    });
    const property = fc.property(entries, (given) => {
      const files = given.map(({ content, ...file }) => ({ ...file, digest: digestOf(content) }));
      const manifest = readManifest(files);
      expect(readManifest([...files].reverse())).toEqual(manifest);
      expect(manifest.entries.map(({ path }) => path)).toEqual(
        files.map((file) => file.path).sort(),
      );
    });
    fc.assert(property);
  });

  test("the digest is that of Python", () => {
    const entries = [
      { path: "b/ü.txt", digest: digestOf(2), size: 7 },
      { path: "a", digest: "etag-1", size: 0, ref: "s3://bucket/a" },
    ];
    expect(readManifest(entries).digest).toBe(
      "f0cc10507563a61450fabcbae2d9923b5c90c5087ea1e2dbbe00c6007d2d8ee5",
    );
  });

  test("fields of an entry are in the order in which clients write them", () => {
    const given = [
      { path: "a", digest: digestOf(1), size: 7 },
      { path: "b", ref: "s3://bucket/b", digest: "etag-1", size: 0 },
    ];
    expect(JSON.stringify(readManifest(given).entries)).toBe(JSON.stringify(given));
  });

  test.each([
    [[], "Artifact manifest must be a non-empty list of entries."],
    [[5], "Invalid artifact manifest entry: 5"],
    [
      [{ path: "../x" }],
      "Invalid artifact path '../x': '.', '..', and empty segments are not allowed",
    ],
    [[{ path: "/x" }], "Invalid artifact path '/x': must be relative"],
    [[{ path: "a\\b" }], "Invalid artifact path 'a\\\\b': backslashes and NUL are not allowed"],
    [[{ path: null }], "Invalid artifact path: None (must be non-empty)"],
    [[{ path: "a", size: -1 }], "Artifact manifest entry has invalid size: -1"],
    [[{ path: "a", size: 1, digest: "it's" }], `Invalid sha256 digest: "it's"`],
    [
      [{ path: "a", size: 1, digest: "d", ref: "here" }],
      "Invalid reference URI 'here': a scheme is required (e.g. file://, s3://, https://); use add_file for local paths.",
    ],
    [
      [
        { path: "a", size: 1, digest: digestOf(1) },
        { path: "a/b", size: 1, digest: digestOf(1) },
      ],
      "Artifact path 'a/b' collides with 'a': a path cannot be both a file and a directory in the same artifact.",
    ],
  ])("%j is refused in the words of Python", (manifest, message) => {
    expect(() => readManifest(manifest)).toThrow(message);
  });

  test("blobs that a manifest names are in use", () => {
    log(1);
    log(2, { overwrite: true });
    expect(usedByArtifacts(folder, [digestOf(1), digestOf(2)])).toEqual([digestOf(2)]);
    expect(usedByArtifacts(join(folder, "none"), [digestOf(2)])).toEqual([]);
  });
});

describe("links of runs", () => {
  test("what a run made and used, each once", () => {
    const { version_id: id } = log(1).version;
    use(id);
    use(id);
    log(1);
    expect(readRunArtifacts(db, PROJECT, TRAIN, TRAIN.id, RUNS).output).toMatchObject([
      { version_id: id, project: PROJECT, name: "model", version: 0, size_bytes: 3 },
    ]);
    expect(readRunArtifacts(db, PROJECT, EVALUATE, EVALUATE.id, RUNS).input).toHaveLength(1);
    expect(countRunArtifacts(db, PROJECT, RUNS)).toEqual([
      { run_id: "r1", run_name: "train", input: 0, output: 1 },
      { run_id: "r2", run_name: "evaluate", input: 1, output: 0 },
    ]);
    expect(listConsumers(db, PROJECT, id)).toMatchObject([{ run_name: "evaluate", project: "p" }]);
  });

  test("a link by name alone is the only run's of that name, else nobody's", () => {
    const { version_id: id } = log(1).version;
    use(id, { id: null, name: "evaluate" });
    expect(readRunArtifacts(db, PROJECT, EVALUATE, EVALUATE.id, RUNS).input).toHaveLength(1);
    const twice = [...RUNS, { id: "r3", name: "evaluate" }];
    expect(readRunArtifacts(db, PROJECT, EVALUATE, EVALUATE.id, twice).input).toHaveLength(0);
    expect(countRunArtifacts(db, PROJECT, twice)[1]).toMatchObject({ run_id: null, input: 1 });
  });

  test("a run that only links speak of is listed; a version that is not there gets no link", () => {
    use(log(1, { run: { id: "r9", name: "elsewhere" } }).version.version_id);
    use(99, { id: "r8", name: "nowhere" });
    expect(listLinkedRuns(db, PROJECT, RUNS)).toMatchObject([{ id: "r9", name: "elsewhere" }]);
  });

  test("a run that is deleted leaves its versions, without its name; one that is renamed keeps them", () => {
    const { version_id: id } = log(1).version;
    use(id);
    renameRunInLinks(db, EVALUATE.id, "checked");
    expect(listConsumers(db, PROJECT, id)).toMatchObject([{ run_name: "checked" }]);
    expect(detachRun(db, TRAIN, [EVALUATE])).toBe(true);
    expect(detachRun(db, TRAIN, [EVALUATE])).toBe(false);
    expect(findVersion(db, "model", null)).toMatchObject({ producer_run_id: null });
    expect(countRunArtifacts(db, PROJECT, RUNS)).toMatchObject([{ run_name: "checked", input: 1 }]);
  });
});

describe("what Python has written", () => {
  let python: ArtifactDatabase;

  beforeEach(() => {
    python = ArtifactDatabase.open(join(folder, "python.db"));
  });

  afterEach(() => python.close());

  /** Logs into Python's database. */
  function logThere(content: number, options: Partial<NewVersion> = {}): LoggedVersion {
    const own = db;
    db = python;
    try {
      return log(content, options);
    } finally {
      db = own;
    }
  }

  test("is taken over as it is, and versions go on from there", () => {
    const { version } = logThere(1, { aliases: ["best"], metadata: '{"acc":1}' });
    logThere(2);
    adoptArtifacts(db, readForeign(python), "a");
    expect(adoptedStamp(db)).toBe("a");
    expect(findVersion(db, "model", "best")).toEqual(version && { ...version, aliases: ["best"] });
    expect(log(1).version.version).toBe(0);
    expect(log(3).version).toMatchObject({ version: 2, aliases: ["latest"] });
    expect(usedByArtifacts(folder, [digestOf(1)])).toEqual([digestOf(1)]);
  });

  test("twice is once, and what came since is added", () => {
    logThere(1);
    for (const stamp of ["a", "b", "b"]) adoptArtifacts(db, readForeign(python), stamp);
    log(5);
    logThere(2, { aliases: ["best"] });
    logThere(9, { name: "data", type: "dataset" });
    adoptArtifacts(db, readForeign(python), "c");
    adoptArtifacts(db, readForeign(python), "c");
    const versions = listArtifacts(db).map(({ name, versions }) => [name, versions.length]);
    expect(versions).toEqual([
      ["data", 1],
      ["model", 3],
    ]);
    expect(findVersion(db, "model", "best")).toMatchObject({ version: 2 });
    expect(findVersion(db, "model", "v1")?.manifest[0]?.digest).toBe(digestOf(5));
    expect(countRunArtifacts(db, PROJECT, RUNS)).toMatchObject([{ run_name: "train", output: 4 }]);
  });

  test("an artifact that is here with another type stays what it is", () => {
    log(1, { type: "dataset" });
    logThere(2);
    adoptArtifacts(db, readForeign(python), "a");
    expect(listArtifacts(db)).toMatchObject([{ name: "model", type: "dataset", num_versions: 1 }]);
  });
});

describe("lineage", () => {
  test("leads from a version to the runs around it and on", () => {
    const data = log(1, { name: "data", type: "dataset" }).version.version_id;
    use(data);
    const model = log(2, { run: EVALUATE }).version.version_id;
    const graph = readLineage(db, PROJECT, data, RUNS);
    expect(graph.nodes.map(({ id }) => id)).toEqual([
      ...[`art:${data}`, `art:${model}`, "run:r1", "run:r2"],
    ]);
    expect(graph.edges.map(({ source, target }) => `${source} ${target}`)).toEqual([
      ...[`run:r1 art:${data}`, `art:${data} run:r2`, `run:r2 art:${model}`],
    ]);
    expect(readLineage(db, PROJECT, 99, RUNS)).toEqual({
      ...{ focus: "art:99", truncated: false, nodes: [], edges: [] },
    });
  });

  test("stops at a thousand nodes and says so", () => {
    const { version_id: id } = log(1).version;
    db.write(() => {
      for (let run = 0; run < 1_100; run += 1) {
        const link = { run: { id: `x${run}`, name: `x${run}` }, version: id } as const;
        addLink(db, { ...link, direction: "input", now: "2026-01-01T00:00:00.000000+00:00" });
      }
    });
    const graph = readLineage(db, PROJECT, id, RUNS);
    expect(graph.truncated).toBe(true);
    expect(graph.nodes).toHaveLength(1_000);
  });
});
