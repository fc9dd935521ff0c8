namespace FsxFuse.Repository.Hsm;

/// <summary>What was asked for and has not ended.</summary>
/// <param name="Archives">Archives.</param>
/// <param name="Restores">Restores.</param>
/// <param name="RestoresTold">Of these, the ones that wait for more than their turn: for S3 to restore an archived object, or for another try.</param>
public readonly record struct HsmStatus(int Archives, int Restores, int RestoresTold);
