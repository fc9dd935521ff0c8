using FsxFuse.Model;

if (args is [WorkerCommand.Argument, .. var worker])
    return WorkerCommand.Serve(worker);

if (ModelOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(ModelOptions.Usage);
    return 2;
}

// The same as the lanes' processes have.
PathCalls.Umask(22);
bool isModel = options.Command == "run";
using Field field = new(options.Executable, withReference: isModel);
if (options.Replay is { } file)
{
    List<Operation> script = OperationText.Read(file);
    IScriptLane Make(string directory, int lane) => isModel ? ModelRun.Make(field, directory, lane) : IntegrityRun.Make(field, directory, lane);
    if (options.ShrinkFor is not null)
    {
        await new FailureReport(options, field, Console.Out).WriteAsync(Path.GetFileName(file), [script], Make);
        return 1;
    }

    if (new ScriptRunner(field, Make).Run(script) is not { } failure)
    {
        Console.WriteLine("no difference");
        return 0;
    }

    Console.WriteLine($"operation {failure.Index + 1}: {failure.Operation}\n{failure.Difference}");
    return 1;
}

bool same = isModel
    ? await new ModelRun(options, field, Console.Out).RunAsync()
    : await new IntegrityRun(options, field, Console.Out).RunAsync();
return same ? 0 : 1;
