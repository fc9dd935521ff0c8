namespace FsxFuse.Model;

/// <summary>Something that operations are done on: a directory, or a model in memory.</summary>
internal interface ISubject
{
    /// <summary>Does it and tells what it answered.</summary>
    Observation Execute(Operation operation);

    /// <summary>Closes every handle.</summary>
    void CloseAll();
}
