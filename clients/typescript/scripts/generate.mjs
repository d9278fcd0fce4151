// Makes src/wire.ts from the contract in events/: npm run generate. test/wire.test.ts fails if the two differ.
//
// The contract uses a small part of JSON Schema, and says what a member means beside its $ref, which generators for all of
// JSON Schema either drop or make a type of its own for. So this reads that part and nothing else, and stops at the rest.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const events = join(here, "../../../events");
export const target = join(here, "../src/wire.ts");

const pascal = (name) => name.replace(/(^|[._])([a-zA-Z])/g, (_, __, letter) => letter.toUpperCase());
const read = (path) => readFileSync(join(events, path), "utf8");

function comment(text, indent) {
  return text ? `${indent}/** ${text.replaceAll("*/", "*\\/")} */\n` : "";
}

/** type writes the TypeScript of a schema. */
function type(schema, indent = "") {
  if (schema.$ref) return pascal(schema.$ref.replace(/^(common\.json)?#\/definitions\//, "").replace(/\.json$/, ""));
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.oneOf) return schema.oneOf.map((one) => type(one, indent)).join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return `Array<${type(schema.items, indent)}>`;
    case "object":
      return object(schema, indent);
  }
  if (schema.properties) return object(schema, indent);
  throw new Error(`unknown schema: ${JSON.stringify(schema)}`);
}

function object(schema, indent) {
  const inner = indent + "  ";
  const names = Object.keys(schema.properties ?? {});
  if (names.length === 0) {
    const { additionalProperties: rest } = schema;
    return typeof rest === "object" ? `Record<string, ${type(rest, inner)}>` : "Record<string, never>";
  }
  const members = names.map((name) => {
    const of = schema.properties[name];
    const optional = schema.required?.includes(name) ? "" : "?";
    return `${comment(of.description, inner)}${inner}${name}${optional}: ${type(of, inner)};\n`;
  });
  return `{\n${members.join("")}${indent}}`;
}

/** without takes members out of a request or reply that the client fills in by itself. */
function without(schema, ...names) {
  if (schema.oneOf) return { ...schema, oneOf: schema.oneOf.map((one) => without(one, ...names)) };
  const properties = Object.fromEntries(Object.entries(schema.properties).filter(([name]) => !names.includes(name)));
  return { ...schema, properties, required: schema.required?.filter((name) => !names.includes(name)) };
}

function member(schema, name) {
  return schema.oneOf ? member(schema.oneOf[0], name) : schema.properties?.[name];
}

/** operations are the actions of asyncapi.yaml in its order, with what it says of each. */
function operations() {
  const part = read("asyncapi.yaml").split(/^operations:$/m)[1].split(/^\S/m)[0];
  return [...part.matchAll(/^ {2}(\w+):\n {4}action: receive\n[\s\S]*?^ {4}summary: (.*)$/gm)].map(([, name, summary]) => ({
    name,
    summary,
  }));
}

/** generate returns the whole of src/wire.ts. */
export function generate() {
  const schemas = new Map(
    readdirSync(join(events, "schema"))
      .sort()
      .map((file) => [file.replace(/\.json$/, ""), JSON.parse(read(`schema/${file}`))]),
  );
  const common = schemas.get("common").definitions;
  const out = ["// Generated from events/ by scripts/generate.mjs; do not edit. npm run generate writes it.\n"];
  for (const [name, schema] of Object.entries(common)) {
    out.push(`${comment(schema.description, "")}export type ${pascal(name)} = ${type(schema)};\n`);
  }

  const actions = operations();
  const table = [];
  const said = [];
  for (const { name, summary } of actions) {
    const request = schemas.get(name);
    if (member(request, "action")?.const !== name) throw new Error(`no schema of the action ${name}`);
    const reply = schemas.get(`reply.${name}`);
    const ask = `${pascal(name)}Request`;
    said.push(`${comment(request.description, "")}export type ${ask} = ${type(without(request, "action", "ref"))};\n`);
    let result = "undefined";
    if (reply) {
      result = `${pascal(name)}Result`;
      said.push(`${comment(reply.description, "")}export type ${result} = ${type(member(reply, "result"))};\n`);
    }
    table.push(`${comment(summary, "  ")}  ${name}: { request: ${ask}; result: ${result} };\n`);
  }
  out.push(...said);
  out.push(`/** What can be asked, and what answers it; undefined where nothing does. */\nexport interface Actions {\n${table.join("")}}\n`);

  const heard = [];
  for (const [file, schema] of schemas) {
    const event = member(schema, "event")?.const;
    if (!event || event === "reply" || event === "pong") continue;
    const name = `${pascal(event)}Event`;
    heard.push(`  ${event}: ${name};\n`);
    if (common.entry.oneOf.some((one) => one.$ref === `${file}.json`)) {
      out.push(`export type ${pascal(file)} = ${name};\n`);
    }
    out.push(`${comment(schema.description, "")}export type ${name} = ${type(schema)};\n`);
  }
  out.push(`/** What the server tells by itself, by the name in the member event. */\nexport interface Events {\n${heard.join("")}}\n`);

  const errors = JSON.parse(read("errors.json"));
  const codes = errors.map((e) => `${comment(`${e.text}; ${e.advice}`, "  ")}  | "${e.code}"\n`).join("");
  out.push(`/** The closed set of errors that the server answers. */\nexport type Code =\n${codes}  ;\n`);
  const temporary = errors.filter((e) => e.temporary).map((e) => `  ${e.code}: ${e.retry_after},\n`);
  out.push(`/** The codes that may be met no more later, and how many seconds to wait if the server does not say. */\n`);
  out.push(`export const temporary: Partial<Record<string, number>> = {\n${temporary.join("")}};\n`);

  const limits = JSON.parse(read("limits.json"));
  out.push(`/** The names of the limits that hello tells. */\nexport type Limit =\n${limits.map((l) => `  | "${l.name}"\n`).join("")}  ;\n`);
  for (const limit of limits) out.push(`/** ${limit.unit}. ${limit.above} */\nexport const ${limit.name} = ${limit.value};\n`);
  return out.join("\n").replace(/\n{3,}/g, "\n\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, generate());
