using System.Diagnostics;
using System.Globalization;
using FsxFuse.Posix.Cases.Table;

if (args is ["--peer", var uid, var gid])
    return Peer.Serve(uint.Parse(uid, CultureInfo.InvariantCulture), uint.Parse(gid, CultureInfo.InvariantCulture), Console.In, Console.Out);

if (RunnerOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(RunnerOptions.Usage);
    return 2;
}

var cases = PosixTable.All().Where(c => options.Filter is null || c.FullName.Contains(options.Filter, StringComparison.Ordinal)).ToList();
if (cases.Count == 0)
{
    Console.Error.WriteLine($"no case matches {options.Filter}");
    return 2;
}
if (options.List)
{
    foreach (var one in cases)
        Console.WriteLine($"{one.RunsAs} {one.FullName}{(one.ExpectedDifference is { } why ? $" # differs: {why}" : "")}");
    return 0;
}

int number = 0;
var counts = new Dictionary<CaseVerdict, int>();
var clock = Stopwatch.StartNew();
var runner = new CaseRunner(options.Target, options.Timeout, options.Keep);
foreach (bool root in new[] { true, false })
{
    if (root ? !options.AsRoot : !options.AsUser)
        continue;
    foreach (var result in runner.Run(cases.Where(c => c.Includes(root)).ToList(), root))
    {
        counts[result.Verdict] = counts.GetValueOrDefault(result.Verdict) + 1;
        string line = $"{++number} - {CaseResult.Label(result.Case, root)}";
        string time = $"({result.Took.TotalMilliseconds:0} ms)";
        if (result.Verdict is CaseVerdict.Failed or CaseVerdict.Hung)
            Console.WriteLine($"not ok {line}: {result.Message} {time}");
        else if (!options.Quiet)
            Console.WriteLine($"ok {line} {(result.Verdict == CaseVerdict.Skipped ? $"# SKIP {result.Message}" : time)}");
    }
}

int bad = counts.GetValueOrDefault(CaseVerdict.Failed) + counts.GetValueOrDefault(CaseVerdict.Hung);
Console.WriteLine($"# {counts.GetValueOrDefault(CaseVerdict.Passed)} passed, {bad} failed ({counts.GetValueOrDefault(CaseVerdict.Hung)} hung), {counts.GetValueOrDefault(CaseVerdict.Skipped)} skipped in {clock.Elapsed.TotalSeconds:0.0} s");
Console.Out.Flush();

// A hung case's thread sits in the kernel and would hold up an orderly end.
if (counts.ContainsKey(CaseVerdict.Hung))
    Libc._exit(1);
return bad == 0 ? 0 : 1;
