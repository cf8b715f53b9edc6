// The first half of a plan in SQL: which pairs of user and product the policies want and nobody
// holds, and the other way round. DuckDB on one thread over what `plan_bench --export FOLDER` wrote,
// twice: texts as they are, and texts with few values as enumerations. Only the query is timed.
//
//   node drift.mjs FOLDER
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const ROUNDS = 5;
const MOST_ENUM_VALUES = 100_000;

const folder = process.argv[2];
const driftSql = readFileSync(`${folder}/drift.sql`, 'utf8');
const cases = JSON.parse(readFileSync(`${folder}/cases.json`, 'utf8'));
const database = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await database.connect();

const run = (sql) => connection.run(sql);
const rows = async (sql) => (await connection.runAndReadAll(sql)).getRows();

// Processor time, as the planner's: the database works in this process.
async function seconds(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function textsToEnums() {
  const columns = await rows(
    `SELECT column_name FROM information_schema.columns
     WHERE table_name = 'users' AND data_type = 'VARCHAR'`);
  for (const [name] of columns) {
    const [[values]] = await rows(`SELECT count(DISTINCT "${name}") FROM users`);
    if (values > MOST_ENUM_VALUES) continue;
    await run(`CREATE TYPE "type of ${name}" AS ENUM
               (SELECT DISTINCT "${name}" FROM users WHERE "${name}" IS NOT NULL)`);
    await run(`ALTER TABLE users ALTER "${name}" TYPE "type of ${name}"`);
  }
}

// The median time of one case; ends the program where the answer is another than the planner's.
async function measure({ held, missing, extra }) {
  await run(`CREATE OR REPLACE TABLE held AS
             SELECT id, product::USMALLINT AS product FROM read_csv('${folder}/${held}')`);
  const times = [];
  for (let round = 0; round < ROUNDS; ++round) {
    times.push(await seconds(() => run(`CREATE OR REPLACE TEMP TABLE drift AS ${driftSql}`)));
  }
  const [[found, unwanted]] = await rows(
    'SELECT count(*) FILTER (missing), count(*) FILTER (NOT missing) FROM drift');
  if (Number(found) !== missing || Number(unwanted) !== extra) {
    console.error(`${held}: the database finds ${found} missing and ${unwanted} extra, ` +
                  `the planner ${missing} and ${extra}`);
    process.exit(1);
  }
  return median(times);
}

await run(`CREATE TABLE users AS SELECT * FROM
           read_csv('${folder}/users.csv', header = true, types = {'employeeId': 'VARCHAR'})`);
for (const columns of ['texts', 'enumerations']) {
  if (columns === 'enumerations') await textsToEnums();
  for (const one of cases) {
    const time = await measure(one);
    console.log(
      `DuckDB, ${columns}, ${one.percent} % differing: ${time.toFixed(3)} s for resolve and diff ` +
      `alone, ${(time / one.resolveAndDiff).toFixed(1)} times as long as ours; ` +
      `${(time / one.plan).toFixed(1)} times the whole plan`);
  }
}
