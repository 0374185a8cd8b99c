/** Clauses about requests, sent and received. */
import { must, section, should, topic } from '../clause.ts';

export const requests = topic(
  'Requests',
  section(
    2453,
    '3.9.1',
    should('asks for the whole table on every network when it starts', 'Speaker.introduce'),
    must('does not answer a request without entries', 'ipv4/decodeRequest'),
    must('answers one entry of family 0 and metric 16 with the whole table', 'ipv4/decodeRequest'),
    must('takes that entry for a request for everything only if it is alone', 'ipv4/decodeRequest'),
    must('applies split horizon to a whole table that it was asked for', 'Speaker.#answer'),
    must('answers each entry in its place with the metric of its own table', 'ipv4/answerRequest'),
    must('answers 16 for a destination that it has no explicit route to', 'ipv4/answerRequest'),
    must('applies no split horizon to the destinations that it was asked for', 'answer'),
  ),
  section(
    1058,
    '3.4.1',
    must('does not answer a request from port 520 on a passive interface', 'isAnswered'),
    must('answers a request from another port also on a passive interface', 'isAnswered'),
  ),
);
