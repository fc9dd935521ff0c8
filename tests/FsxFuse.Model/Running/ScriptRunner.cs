namespace FsxFuse.Model;

/// <summary>Runs a script from its first line to its last or to the first difference, in directories of its own.</summary>
/// <param name="makeLane">Makes a lane in a directory of the field.</param>
internal sealed class ScriptRunner(Field field, Func<string, int, IScriptLane> makeLane)
{
    private readonly SortedDictionary<int, IScriptLane> _lanes = [];

    /// <summary>The first difference, null if there is none.</summary>
    internal Failure? Run(IReadOnlyList<Operation> script) => Run(script, field.NewDirectory());

    /// <summary>The same in a directory that is there already; it is removed in the end.</summary>
    internal Failure? Run(IEnumerable<Operation> script, string directory)
    {
        _lanes.Clear();
        int number = 0;
        try
        {
            foreach (Operation operation in script)
            {
                if (!_lanes.ContainsKey(operation.Lane))
                    _lanes[operation.Lane] = makeLane(directory, operation.Lane);
                if (Step(operation, directory) is { } difference)
                    return new Failure(number, operation, difference);
                number++;
            }

            return null;
        }
        finally
        {
            foreach (IScriptLane lane in _lanes.Values)
                lane.CloseAll();
            field.Remove(directory);
        }
    }

    private string? Step(Operation operation, string directory)
    {
        try
        {
            switch (operation.Kind)
            {
                case OperationKind.Remount:
                    CloseAll();
                    field.Mount.Unmount();
                    field.Mount.Mount();
                    return CompareAll();
                case OperationKind.Kill:
                    field.Mount.Kill();
                    CloseAll();
                    field.Mount.Mount();
                    return CompareAll();
                case OperationKind.Compare:
                    return CompareAll();
                case >= OperationKind.Release:
                    MountOperations.Execute(operation, field.Mount.Socket, directory);
                    return null;
                default:
                    return _lanes[operation.Lane].Step(operation);
            }
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            return $"{broken.GetType().Name}: {broken.Message}";
        }
    }

    private void CloseAll()
    {
        foreach (IScriptLane lane in _lanes.Values)
            lane.CloseAll();
    }

    private string? CompareAll() => _lanes.Values.Select(lane => lane.CompareAll()).FirstOrDefault(difference => difference is not null);
}
