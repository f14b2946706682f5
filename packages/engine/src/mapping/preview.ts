/** What a change would do, in the API's words. */
import { type ConfigDifference, completedChangeSet, type Violation, type Warning } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import type { ChangePreview } from '../operations/preview-change.ts';
import { changeSetToAction } from './change-set.ts';
import { reference } from './link.ts';

export function previewToWire(base: string, preview: ChangePreview): ApiObject<'host_change_preview'> {
  const { completed, differences, plan, problem, violations, warnings } = preview;
  return {
    accepted: violations.length === 0,
    ...(completed === null ? {} : { change_set: changeSetToAction(completedChangeSet(completed)) }),
    ...(differences === null ? {} : { differences: differences.map(differenceToWire) }),
    ...(plan === null ? {} : { expected_outage: plan.expectedOutage }),
    ...(problem === null ? {} : { fault: { reason: problem.reason, detail: problem.detail } }),
    ...(plan === null ? {} : { risks: plan.risks, steps: plan.steps.map(stepToWire) }),
    ...(plan === null ? {} : { touches_management: plan.touchesManagement }),
    violations: violations.map(violationToWire),
    warnings: warnings.map(warningToWire),
    host: reference(base, 'hosts', preview.hostId),
  };
}

export function stepToWire({ kind, text }: { kind: string; text: string }): ApiObject<'kernel_step'> {
  return { description: text, kind };
}

export function differenceToWire({ kind, name, change, properties }: ConfigDifference) {
  return {
    change,
    kind,
    name,
    properties: properties.map((one) => ({
      ...(one.after === null ? {} : { after: one.after }),
      ...(one.before === null ? {} : { before: one.before }),
      name: one.name,
    })),
  };
}

function violationToWire({ key, message, path, rule, status }: Violation): ApiObject<'rule_finding'> {
  return { key, message, ...(path === null ? {} : { path }), rule, status };
}

function warningToWire({ event, message, rule }: Warning): ApiObject<'rule_finding'> {
  return { key: event, message, rule };
}
