import { type GroupName, groups, type Profile } from '../profile/profile.js';
import { table } from './markdown-table.js';
import type { ProfileReport, Profiles, Report } from './report.js';

/** For a terminal: whose the time was, and the functions that had most of it. */
export function profileLines({ profiles }: Pick<Report, 'profiles'>, workload: string): readonly string[] {
  return profilesFor(profiles, workload).flatMap((profile) => [
    `  where the time of ${subjectOf(profile)} goes: ${groupsText(profile)}; ${usageText(profile)}`,
    ...profile.functions.map(({ name, share }) => `    ${percent(share).padStart(6)}  ${name}`),
    ...(profile.bound ? [] : [`    ${UNBOUND}`]),
  ]);
}

/** What was asked for, and cannot be told by a profile. */
export function leftLines({ profiles }: Pick<Report, 'profiles'>): readonly string[] {
  const { left = [] } = profiles ?? {};
  return left.length === 0 ? [] : [`${left.length} without a profile: ${left.join('; ')}`];
}

/** For a page: a table for each profile of a workload. */
export function profileSections({ profiles }: Pick<Report, 'profiles'>, workload: string): readonly string[] {
  return profilesFor(profiles, workload).flatMap((profile) => [
    '',
    `### ${titleOf(profile)}`,
    '',
    `${sentence(groupsText(profile))}. ${sentence(usageText(profile))}.${profile.bound ? '' : ` ${UNBOUND}`}`,
    '',
    ...table([
      ['self time', 'share'],
      ...profile.functions.map(({ name, share }) => [`\`${name}\``, percent(share)]),
    ]),
  ]);
}

/** For the reason of a missed target: whose the time is, with a link to the table. Empty where there is no profile. */
export function profileOf({ profiles }: Pick<Report, 'profiles'>, target: string): string {
  const profile = profiles?.taken.find(({ targets }) => targets.includes(target));
  if (profile === undefined) return '';
  return ` [Profile](#${anchor(titleOf(profile))}): ${groupsText(profile)}.`;
}

/** How the profiles of a page were taken. */
export function profileNote({ profiles, commit }: Pick<Report, 'profiles' | 'commit'>): readonly string[] {
  if (profiles === undefined || profiles.taken.length === 0) return [];
  const where = profiles.commit === commit ? '' : ` at commit ${profiles.commit}`;
  return [
    '',
    `What is missed was profiled after everything had been timed${where}: each row in a process of its own, sampled every 200 us`,
    'once its code was compiled. Shares are of the wall time of the thread that runs JavaScript. User and system time of all',
    'threads, and how long that thread was blocked, are what the system counted when the same was done again unprofiled.',
  ];
}

const UNBOUND =
  'The profiler could not be bound to one core: samples gather at system calls, whose share is less than it seems.';

function profilesFor(profiles: Profiles | undefined, workload: string): readonly ProfileReport[] {
  return profiles?.taken.filter((profile) => profile.workload === workload) ?? [];
}

function subjectOf({ contender, value }: ProfileReport): string {
  return value === undefined ? contender : `${contender}, ${value}`;
}

function titleOf(profile: ProfileReport): string {
  return `Where the time of ${profile.workload} goes: ${subjectOf(profile)}`;
}

/** Greatest first; what is next to nothing is not told. */
function groupsText({ groups: shares }: Profile): string {
  const told = (Object.keys(groups) as GroupName[]).filter((name) => shares[name] >= 0.005);
  const sorted = told.toSorted((a, b) => shares[b] - shares[a]);
  return sorted.map((name) => `${groups[name]} ${percent(shares[name])}`).join(', ');
}

function usageText({ user, system, blocked }: Profile): string {
  return `by the account of the system user ${percent(user)}, system ${percent(system)}, blocked ${percent(blocked)}`;
}

function percent(share: number): string {
  return `${share >= 0.0995 ? Math.round(share * 100) : (share * 100).toFixed(1)} %`;
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}

/** As renderers of Markdown name a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
