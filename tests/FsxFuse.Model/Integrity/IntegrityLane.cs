namespace FsxFuse.Model;

/// <summary>Operations on a few files of a mount, and on their model.</summary>
internal sealed class IntegrityLane(Side mounted) : IScriptLane
{
    /// <summary>What the files must hold.</summary>
    internal ByteModel Model { get; } = new();

    public string? Step(Operation operation)
    {
        // The model knows nothing of alignment; Side leaves such an operation out.
        Observation actual = mounted.Execute(operation);
        return actual == Observation.Skipped ? null : Observation.Compare(Model.Execute(operation), actual);
    }

    public string? CompareAll()
    {
        foreach ((string path, byte[] bytes) in Model.Files)
        {
            if (Observation.CompareBytes(bytes, FileCalls.Content(mounted.At(path))) is { } difference)
                return $"{path}: {difference}";
        }

        return null;
    }

    public void CloseAll()
    {
        Model.CloseAll();
        mounted.CloseAll();
    }
}
