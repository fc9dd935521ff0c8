namespace FsxFuse.Model;

/// <summary>One sequence of operations, done side by side in a directory of the reference and in one of the mount.</summary>
internal sealed class Lane(Side reference, Side mounted) : IScriptLane
{
    /// <summary>The reference's side: what decides the next operation.</summary>
    internal Side Reference => reference;

    public string? Step(Operation operation)
    {
        Watch expectedWatch = new(operation, reference), actualWatch = new(operation, mounted);
        Observation expected = reference.Execute(operation);
        string expectedAfter = expectedWatch.Describe(expected.Succeeded);
        Observation actual = mounted.Execute(operation);
        if (Observation.Compare(expected, actual) is { } why)
            return why;
        string actualAfter = actualWatch.Describe(actual.Succeeded);
        return expectedAfter == actualAfter ? null : $"answered {actual.Text}, then there was\n{actualAfter}\nexpected\n{expectedAfter}";
    }

    public string? CompareAll() => Tree.Read(reference.Root).Compare(Tree.Read(mounted.Root));

    /// <summary>What a clean unmount must leave as it is.</summary>
    internal Tree ReadMounted() => Tree.Read(mounted.Root);

    public void CloseAll()
    {
        reference.CloseAll();
        mounted.CloseAll();
    }
}
