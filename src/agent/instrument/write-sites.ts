// Finds the places of a source that write to objects and wraps each in a call that tells about it afterwards:
//   a.b = v          →  $$hindcast.s(a,"b",N,a.b = v)
//   x.y[f()] += v    →  $$hindcast.K(N,(t=x.y)[u=(f())] += v,t,u)
//   x.y.push(v)      →  $$hindcast.M("push",N,(t=x.y).push($$hindcast.b(t,"push",(v))),t)
// The helper `b` looks at the object right before the write, so that what others did to it is not taken for this write's.
// Left alone: bodies of `with` and "use asm", parameter defaults and field initialisers whose receiver needs a temporary.
// On the way functions that have a name are wrapped (call-wraps.ts), where calls are recorded.
import type { ESTree } from "meriyah";
import { assertNames, isAssertion } from "./assertions.js";
import { CallWraps, type ExpressionWrap } from "./call-wraps.js";
import { ChosenSites } from "./chosen-sites.js";
import type { Edit, Edits } from "./edits.js";
import { LineSites } from "./line-sites.js";
import { type FoundSite, type Scope, SiteCalls } from "./site-calls.js";
import type { FunctionSite } from "./sites.js";
import {
  changingMethods,
  directivesOf,
  forEachChild,
  functionNameFrom,
  hasOptionalLink,
  isBoundTo,
  isFresh,
  isLogical,
  isMember,
  objectFunctions,
  privateNamesOf,
  reflectFunctions,
  staticName,
  targetsOf,
} from "./syntax.js";
import type { FunctionNode } from "./wrappable.js";

/** What is told of. */
export interface Told {
  readonly writes: boolean;
  readonly calls: boolean;
  /** Names of classes and variables at the top of files; none when left out. */
  readonly state?: readonly string[];
  /** Names of functions whose statements are told of, where calls are; none when left out. */
  readonly lines?: readonly string[] | undefined;
}

/** Of the functions whose calls are to be told of, how many are wrapped, and how many cannot be. */
export interface FunctionCounts {
  readonly wrapped: number;
  readonly skipped: number;
}

export const writesOnly: Told = { writes: true, calls: false };

export class WriteSites {
  readonly #edits: Edits;
  readonly #calls: SiteCalls;
  readonly #told: Told;
  readonly #suffix: string;
  /** Those whose calls are told of, and those that could not be wrapped. */
  readonly toldFunctions: FunctionSite[] = [];
  readonly #wraps: CallWraps;
  readonly #lines: LineSites | undefined;
  #chosen: ChosenSites | undefined;
  #className = "";
  #assertNames: ReadonlySet<string> = new Set();

  /** `suffix` occurs nowhere in the source; `sites` names the variable with the number of the first site. */
  constructor(edits: Edits, suffix: string, sites: string, told: Told) {
    this.#edits = edits;
    this.#told = told;
    this.#suffix = suffix;
    this.#calls = new SiteCalls(edits, suffix, sites);
    this.#wraps = new CallWraps(edits, {
      suffix,
      site: (node) => {
        this.toldFunctions.push({ site: this.found.length, reason: undefined });
        return this.#calls.site(node);
      },
      noteSkipped: (node, reason) => {
        this.toldFunctions.push({ site: this.found.length, reason });
        this.#calls.site(node);
      },
      isLeftAlone: (node) => node.type === "WithStatement" || this.#isAssertion(node),
    });
    const { lines = [] } = told;
    if (told.calls && lines.length > 0)
      this.#lines = new LineSites(edits, lines, {
        call: this.#wraps.call,
        site: (at) => this.#calls.site(at),
        isLeftAlone: (node) => this.#isAssertion(node),
      });
  }

  #chosenIn(program: ESTree.Program): ChosenSites | undefined {
    const names = this.#told.state ?? [];
    const site = (node: ESTree.Node): string => this.#calls.site(node);
    return names.length === 0 ? undefined : new ChosenSites(this.#edits, site, program, names, this.#suffix);
  }

  get found(): readonly FoundSite[] {
    return this.#calls.found;
  }

  get functions(): FunctionCounts {
    return { wrapped: this.#wraps.wrapped, skipped: this.#wraps.skipped };
  }

  /** Returns the declaration of the temporaries of the top level, "" when there are none. */
  program(program: ESTree.Program): string {
    const scope: Scope = { temporaries: [] };
    this.#assertNames = assertNames(program);
    this.#chosen = this.#chosenIn(program);
    for (const statement of program.body) {
      this.#visit(statement, program, scope);
      this.#chosen?.behind(statement);
    }
    return declarationOf(scope);
  }

  #visit(node: ESTree.Node, parent: ESTree.Node, scope: Scope | undefined): void {
    if (this.#lines === undefined) this.#visitIn(node, parent, scope);
    else this.#lines.around(node, parent, () => this.#visitIn(node, parent, scope));
  }

  #visitIn(node: ESTree.Node, parent: ESTree.Node, scope: Scope | undefined): void {
    this.#wraps.place(node, parent);
    this.#chosen?.place(node, parent);
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return this.#function(node, parent);
      case "ClassDeclaration":
      case "ClassExpression":
        return this.#class(node, parent, scope);
      case "PropertyDefinition":
      case "AccessorProperty": {
        for (const decorator of node.decorators ?? []) this.#visit(decorator, node, scope);
        if (node.computed && node.key) this.#visit(node.key, node, scope);
        const { value } = node;
        if (value) this.#wraps.apart(() => this.#visit(value, node, undefined));
        return;
      }
      case "StaticBlock":
        return this.#wraps.apart(() =>
          this.#block(node.body, (inner) => {
            for (const statement of node.body) this.#visit(statement, node, inner);
          }),
        );
      case "WithStatement":
        return this.#visit(node.object, node, scope);
      default:
        if (this.#isAssertion(node)) return this.#told.writes ? this.#assertion(node, parent) : undefined;
        if (this.#told.writes && this.#wrapWrites(node, parent, scope)) return;
        return this.#wraps.inside(node, () => forEachChild(node, (child) => this.#visit(child, node, scope)));
    }
  }

  /** True where it went through what is in the node as well. */
  #wrapWrites(node: ESTree.Node, parent: ESTree.Node, scope: Scope | undefined): boolean {
    switch (node.type) {
      case "AssignmentExpression":
        // `a.b ??= c` may write nothing: what is there is looked at first.
        if (parent.type === "ExpressionStatement" && this.#calls.functionStatement(node)) break;
        if (isMember(node.left))
          this.#calls.write(node.left, false, scope, node, isLogical(node.operator) ? "maybe" : node.right);
        else for (const target of targetsOf(node.left).reverse()) this.#calls.write(target, true, scope, node); // last is outermost
        break;
      case "ForInStatement":
      case "ForOfStatement":
        this.#loopHead(node, scope);
        break;
      case "UpdateExpression":
        if (isMember(node.argument)) this.#calls.write(node.argument, false, scope, node);
        break;
      case "UnaryExpression":
        if (node.operator !== "delete") break;
        this.#delete(node, scope);
        return true;
      case "CallExpression":
        this.#call(node, node, scope);
        break;
      case "ChainExpression":
        this.#chain(node, isBoundTo(node, parent) ? undefined : node, scope);
        return true;
      default:
        break;
    }
    return false;
  }

  #isAssertion(node: ESTree.Node): node is ESTree.CallExpression {
    return this.#assertNames.size > 0 && node.type === "CallExpression" && isAssertion(node, this.#assertNames);
  }

  #function(
    node: ESTree.FunctionDeclaration | ESTree.FunctionExpression | ESTree.ArrowFunctionExpression,
    parent: ESTree.Node,
  ): void {
    const outer = this.#calls.functionName;
    const own = functionNameFrom(node, parent, this.#className);
    this.#calls.functionName = own ?? outer;
    this.#wraps.apart(() => {
      for (const parameter of node.params) this.#visit(parameter, node, undefined);
    });
    const { body } = node;
    const isWrapped = this.#told.calls && own !== undefined;
    if (body?.type === "BlockStatement") {
      this.#chosen?.body(node, body);
      if (!directivesOf(body.body).includes("use asm"))
        this.#wraps.block(isWrapped ? node : undefined, body, () =>
          this.#withLines(node, own, () =>
            this.#block(body.body, (inner) => {
              for (const statement of body.body) {
                this.#visit(statement, body, inner);
                this.#chosen?.behind(statement);
              }
            }),
          ),
        );
    } else if (body) {
      const scope: Scope = { temporaries: [] };
      const last = node.params[node.params.length - 1];
      const [open, close] = this.#edits.reserve(this.#edits.afterArrow(last?.end ?? node.start ?? 0), node.end ?? 0);
      const wrap = this.#wraps.expression(isWrapped ? node : undefined, () =>
        this.#withLines(node, undefined, () => this.#visit(body, node, scope)),
      );
      const line = wrap === undefined ? "" : (this.#lines?.expression(node, own) ?? "");
      if (wrap !== undefined || scope.temporaries.length > 0) {
        const { before, result, after } = wrap ?? noWrap;
        open.text = `{${before}${line}${declarationOf(scope)}return${result[0]}(`;
        close.text = `)${result[1]}${after}}`;
      }
    }
    this.#calls.functionName = outer;
  }

  #withLines(node: FunctionNode, name: string | undefined, visit: () => void): void {
    if (this.#lines === undefined) visit();
    else this.#lines.within(node, this.#wraps.isInWrapped ? name : undefined, visit);
  }

  /** The statements of a function body, with room for a declaration before the first that is no directive. */
  #block(statements: readonly ESTree.Node[], visit: (scope: Scope) => void): void {
    const scope: Scope = { temporaries: [] };
    const first = statements[directivesOf(statements).length];
    const place: Edit | undefined = first && this.#edits.insert(first.start ?? 0, "");
    visit(scope);
    if (place !== undefined) place.text = declarationOf(scope);
  }

  #class(node: ESTree.ClassDeclaration | ESTree.ClassExpression, parent: ESTree.Node, scope: Scope | undefined): void {
    const outer = this.#className;
    this.#className = node.id?.name ?? functionNameFrom(node, parent, "") ?? "";
    this.#calls.privateNames.push(privateNamesOf(node.body));
    forEachChild(node, (child) => this.#visit(child, node, scope));
    this.#calls.privateNames.pop();
    this.#className = outer;
  }

  #delete(node: ESTree.UnaryExpression, scope: Scope | undefined): void {
    const { argument } = node;
    if (argument.type === "ChainExpression") {
      const { expression } = argument;
      if (isMember(expression)) {
        if (expression.optional || !hasOptionalLink(expression.object))
          this.#calls.write(expression, false, scope, node, "maybe");
        else this.#calls.behindLink(expression.object, node, scope);
      }
      return this.#chain(argument, node, scope);
    }
    if (isMember(argument) && argument.object.type !== "Super")
      this.#calls.write(argument, false, scope, node, "maybe");
    this.#visit(argument, node, scope);
  }

  /** A chain is wrapped as a whole, or a short cut in it would no longer skip what follows. `whole`: what to wrap. */
  #chain(chain: ESTree.ChainExpression, whole: ESTree.Node | undefined, scope: Scope | undefined): void {
    let at: ESTree.Node = chain.expression;
    for (;;) {
      if (at.type === "CallExpression") {
        if (whole !== undefined) this.#call(at, whole, scope);
        for (const argument of at.arguments) this.#visit(argument, at, scope);
        at = at.callee;
      } else if (isMember(at)) {
        if (at.computed) this.#visit(at.property, at, scope);
        at = at.object;
      } else {
        return this.#visit(at, chain, scope);
      }
    }
  }

  /** What is written in it is told of behind it, where it is a statement; what functions in it write is found by looking. */
  #assertion(call: ESTree.CallExpression, parent: ESTree.Node): void {
    if (parent.type !== "ExpressionStatement") return;
    const written: ESTree.Node[] = [];
    const visit = (node: ESTree.Node): void => {
      if (/Function|Class/.test(node.type)) return;
      if (node.type === "AssignmentExpression" && isMember(node.left)) written.push(node.left.object);
      if (node.type === "UpdateExpression" && isMember(node.argument)) written.push(node.argument.object);
      if (node.type === "UnaryExpression" && node.operator === "delete" && isMember(node.argument))
        written.push(node.argument.object);
      if (node.type === "CallExpression" && isMember(node.callee) && changingMethods.has(staticName(node.callee) ?? ""))
        written.push(node.callee.object);
      forEachChild(node, visit);
    };
    for (const argument of call.arguments) visit(argument);
    for (const receiver of written) this.#calls.behind(call, receiver);
  }

  #loopHead(node: ESTree.ForInStatement | ESTree.ForOfStatement, scope: Scope | undefined): void {
    if (node.left.type === "VariableDeclaration") return;
    const targets = isMember(node.left) ? [node.left] : targetsOf(node.left);
    const calls = targets.flatMap((target) => {
      const call = this.#calls.write(target, true, scope);
      return call === undefined ? [] : [`${call[0]}0${call[1]};`];
    });
    if (calls.length === 0) return;
    const { body } = node;
    const first = body.type === "BlockStatement" ? body.body[0] : undefined;
    if (first !== undefined) this.#edits.insert(first.start ?? 0, calls.join(""));
    else this.#edits.wrap(body.start ?? 0, body.end ?? 0, `{${calls.join("")}`, "}");
  }

  #call(call: ESTree.CallExpression, whole: ESTree.Node, scope: Scope | undefined): void {
    const { callee } = call;
    if (!isMember(callee)) return;
    const name = staticName(callee);
    if (name === undefined) return;
    const owner = callee.object;
    const first = call.arguments[0];
    const isStatic =
      owner.type === "Identifier" &&
      ((owner.name === "Object" && objectFunctions.has(name)) ||
        (owner.name === "Reflect" && reflectFunctions.has(name)));
    const isBorrowed =
      (name === "call" || name === "apply") && isMember(owner) && changingMethods.has(staticName(owner) ?? "");
    if (isStatic || isBorrowed) {
      if (first !== undefined && first.type !== "SpreadElement") this.#calls.argument(whole, call, first, scope);
    } else if (changingMethods.has(name) && !isFresh(owner)) {
      // `a?.b?.push()` may be split at its last link: cut short before it, it is cut short there as well.
      if (callee.optional || !hasOptionalLink(owner)) this.#calls.method(call, owner, name, whole, scope);
      else this.#calls.behindLink(owner, whole, scope, call.arguments[call.arguments.length - 1]);
    }
  }
}

const noWrap: ExpressionWrap = { before: "", result: ["", ""], after: "" };

const declarationOf = ({ temporaries }: Scope): string =>
  temporaries.length > 0 ? `let ${temporaries.join(",")};` : "";
